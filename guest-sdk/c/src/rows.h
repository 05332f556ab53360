/* What the database's files share. */
#ifndef CAISSON_ROWS_H
#define CAISSON_ROWS_H

#include "internal.h"

/* Arrays and objects are documents; everything else is what it is. Text goes for UUIDs, dates and IP addresses too: the
 * column says what it is. */
host_database_value_t cs_to_column(cs_value value);
cs_value cs_from_column(const host_database_value_t *value);
bool cs_db_failed(const host_database_error_t *error);

#endif

/* The mailboxes that this module has made, a row each. */
#ifndef MAILBOX_ACCOUNT_H
#define MAILBOX_ACCOUNT_H

#include <caisson.h>

bool account_create_table(void);
/* The service's row. */
cs_query *account_of(const cs_service *service);
cs_str account_address(const cs_service *service);
int64_t account_quota(const cs_service *service);
/* Makes the mailbox; one that is there already was made by an earlier try. */
bool account_create(const cs_service *service);

#endif

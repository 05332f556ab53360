/* The provider's API. */
#ifndef MAILBOX_API_H
#define MAILBOX_API_H

#include <caisson.h>

bool api_ping(cs_str *answer);
bool api_create(cs_str address, int64_t quota);
bool api_change(cs_str address, cs_value change);
bool api_delete(cs_str address);

#endif

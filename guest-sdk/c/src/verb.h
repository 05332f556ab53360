/* What can be done with a service. */
#ifndef CAISSON_VERB_H
#define CAISSON_VERB_H

#include "internal.h"

/* Queues a verb's job; `previous` is the product data before, of CS_CHANGE_PACKAGE alone. */
bool cs_queue_verb(cs_verb verb, const cs_service *service, cs_value previous);

#endif

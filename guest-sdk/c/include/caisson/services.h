/* Services of this module's products. Grant: `services = true`. */
#ifndef CAISSON_SERVICES_H
#define CAISSON_SERVICES_H

#include "problem.h"

typedef cs_service_t cs_service;

enum {
    CS_PENDING = CS_PROVISION_STATUS_PENDING,
    CS_PROCESSING = CS_PROVISION_STATUS_PROCESSING,
    CS_COMPLETED = CS_PROVISION_STATUS_COMPLETED,
    CS_FAILED = CS_PROVISION_STATUS_FAILED,
    CS_ERROR = CS_PROVISION_STATUS_ERROR,
    CS_SUSPENDED = CS_PROVISION_STATUS_SUSPENDED,
    CS_PAUSE = CS_PROVISION_STATUS_PAUSE,
    CS_TERMINATED = CS_PROVISION_STATUS_TERMINATED,
};

/* What was ordered, and what cs_service_set stored since; the product's configuration. */
static inline cs_value cs_service_data(const cs_service *service) { return cs_read(service->service_data); }
static inline cs_value cs_product_data(const cs_service *service) { return cs_read(service->product_data); }

/* The service as it is now. */
bool cs_service_get(cs_str id, cs_service *service);
/* Merges an object into the service's data; a null removes. Durable when it returns: mint ids and passwords, store them
 * here, then call the provider, and a second try finds the first one's names. */
bool cs_service_set(cs_str id, cs_value data);
/* Where a service stands with its provider. */
bool cs_service_status(cs_str id, uint8_t status);
/* As cs_service_status, with a line for staff. */
bool cs_service_status_because(cs_str id, uint8_t status, cs_str message);

/* A page of at most 100, oldest first, of one status or of any (-1). `after` is empty, or the `next` of the page
 * before, which is empty after the last. */
typedef struct {
    const cs_service *items;
    size_t len;
    cs_str next;
} cs_service_page;
bool cs_service_list(int status, cs_str after, cs_service_page *page);

#endif

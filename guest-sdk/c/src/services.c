/* Services of this module's products. */
#include "internal.h"

/* Services whose status this call has set. */
static cs_list_string_t written;

static bool failed(const host_services_error_t *error) {
    switch (error->tag) {
    case HOST_SERVICES_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_SERVICES_ERROR_MISSING: return cs_fail(404, "There is no such service.");
    case HOST_SERVICES_ERROR_INVALID:
        return cs_host_failed("services", 500, "The module stored something that the panel refused.",
                              error->val.invalid);
    default: return cs_host_failed("services", 500, "The panel could not reach its services.", error->val.other);
    }
}

bool cs_service_get(cs_str id, cs_service *service) {
    host_services_error_t error;
    return host_services_get(&id, service, &error) || failed(&error);
}

bool cs_service_set(cs_str id, cs_value data) {
    cs_str json = cs_json(data);
    host_services_error_t error;
    return host_services_set_provision_data(&id, &json, &error) || failed(&error);
}

static bool set_status(cs_str id, uint8_t status, cs_str *message) {
    host_services_error_t error;
    if (!host_services_set_provision_status(&id, status, message, &error)) return failed(&error);
    CS_APPEND(written, id);
    return true;
}

bool cs_service_status(cs_str id, uint8_t status) { return set_status(id, status, NULL); }

bool cs_service_status_because(cs_str id, uint8_t status, cs_str message) { return set_status(id, status, &message); }

bool cs_status_was_set(cs_str id) {
    for (size_t i = 0; i < written.len; i++) {
        if (cs_equal_str(written.ptr[i], id)) return true;
    }
    return false;
}

bool cs_service_list(int status, cs_str after, cs_service_page *page) {
    host_services_provision_status_t only = (uint8_t)status;
    host_services_page_t fetched;
    host_services_error_t error;
    if (!host_services_list(status >= 0 ? &only : NULL, after.len > 0 ? &after : NULL, &fetched, &error))
        return failed(&error);
    *page =
        (cs_service_page){fetched.items.ptr, fetched.items.len, fetched.next.is_some ? fetched.next.val : (cs_str){0}};
    return true;
}

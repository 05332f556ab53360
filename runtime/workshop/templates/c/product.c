/* Greets whoever orders it. */
#include <caisson.h>

static bool create(const cs_service *service) {
    cs_value order = cs_service_data(service);
    cs_str greeting = cs_concat("Hello, ", cs_get_str(order, "name"), "!");
    return cs_service_set(service->id, cs_object("greeting", greeting));
}

static bool terminate(const cs_service *service) {
    cs_log_info("terminate", service->id, "goodbye");
    return true;
}

static bool tab(cs_str tab, const cs_service *service, const cs_request *request, cs_value *data) {
    (void)tab, (void)request;
    *data = cs_object("greeting", cs_get_str(cs_service_data(service), "greeting"));
    return true;
}

CAISSON_MODULE(.create = create, .terminate = terminate, .tab = tab);

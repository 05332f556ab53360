/* What product modules export. */
#include "internal.h"

#ifdef CAISSON_PRODUCT

#include "forms.h"
#include "verb.h"

static bool with_defaults(bool (*fill)(cs_value *), const cs_str *json, cs_str *filled) {
    cs_value form;
    *filled = *json;
    /* A form that does not read is given back as it is, to be corrected. */
    if (!fill || !cs_parse(*json, &form) || form.kind != CS_OBJECT) return true;
    CS_TRY(fill(&form));
    *filled = cs_json(form);
    return true;
}

bool exports_product_get_product_data(cs_str *json, cs_str *filled, cs_problem *problem) {
    cs_begin();
    return cs_end(with_defaults(caisson_module.product_data, json, filled), problem);
}

bool exports_product_save_product_data(cs_str *json, cs_str *saved, cs_problem *problem) {
    cs_begin();
    return cs_end(cs_save_form(caisson_module.save_product_data, json, saved), problem);
}

bool exports_product_product_page(cs_str *json, cs_view *view, cs_problem *problem) {
    cs_begin();
    return cs_end(cs_show_form(caisson_module.product_page, json, view), problem);
}

bool exports_product_get_service_data(cs_str *json, cs_str *filled, cs_problem *problem) {
    cs_begin();
    return cs_end(with_defaults(caisson_module.service_data, json, filled), problem);
}

bool exports_product_save_service_data(cs_str *json, cs_str *saved, cs_problem *problem) {
    cs_begin();
    return cs_end(cs_save_form(caisson_module.save_service_data, json, saved), problem);
}

bool exports_product_service_page(cs_service *service, cs_view *view, cs_problem *problem) {
    cs_begin();
    *view = (cs_view){0};
    bool done = !caisson_module.service_page || caisson_module.service_page(service, view);
    return cs_end(cs_view_or_none(done, view), problem);
}

#define VERB(name, verb)                                                                                               \
    bool exports_product_##name(cs_service *service, cs_problem *problem) {                                            \
        cs_begin();                                                                                                    \
        if (caisson_module.at_once.name) return cs_end(caisson_module.at_once.name(service), problem);                 \
        return cs_end(cs_queue_verb(verb, service, (cs_value){0}), problem);                                           \
    }
VERB(create, CS_CREATE)
VERB(suspend, CS_SUSPEND)
VERB(unsuspend, CS_UNSUSPEND)
VERB(terminate, CS_TERMINATE)

bool exports_product_change_package(cs_service *service, cs_str *json, cs_problem *problem) {
    cs_begin();
    cs_value previous;
    if (!cs_parse(*json, &previous)) return cs_end(cs_fail(500, "The panel gave no readable product data."), problem);
    if (caisson_module.at_once.change_package)
        return cs_end(caisson_module.at_once.change_package(service, previous), problem);
    return cs_end(cs_queue_verb(CS_CHANGE_PACKAGE, service, previous), problem);
}

bool exports_product_run_action(cs_str *action, cs_service *service, cs_option_string_t *text, cs_problem *problem) {
    cs_begin();
    cs_str said = {0};
    bool done = caisson_module.run_action ? caisson_module.run_action(*action, service, &said)
                                          : cs_fail(404, "This module has no action '", *action, "'.");
    *text = cs_optional(said);
    return cs_end(done, problem);
}

bool exports_product_single_sign_on(cs_service *service, cs_str *url, cs_problem *problem) {
    cs_begin();
    *url = (cs_str){0};
    if (caisson_module.single_sign_on) return cs_end(caisson_module.single_sign_on(service, url), problem);
    return cs_end(cs_fail(405, "This module cannot sign anybody in."), problem);
}

bool exports_product_usage(cs_service *service, cs_metrics *metrics, cs_problem *problem) {
    cs_begin();
    *metrics = (cs_metrics){0};
    return cs_end(!caisson_module.usage || caisson_module.usage(service, metrics), problem);
}

bool cs_metric(cs_metrics *metrics, const char *name, double value, const char *unit) {
    CS_APPEND(*metrics, (exports_product_metric_t){cs_str_of(name), value, cs_str_of(unit), cs_now()});
    return true;
}

bool exports_client_area_variables(cs_str *tab, cs_service *service, cs_request *request, cs_str *json,
                                   cs_problem *problem) {
    cs_begin();
    if (!caisson_module.tab) return cs_end(cs_fail(404, "This module has no tab '", *tab, "'."), problem);
    cs_value data = cs_object();
    bool done = caisson_module.tab(*tab, service, request, &data);
    if (done) *json = cs_json(data);
    return cs_end(done, problem);
}

bool exports_client_area_handle(cs_str *action, cs_service *service, cs_request *request, cs_response *response,
                                cs_problem *problem) {
    cs_begin();
    if (caisson_module.client_action)
        return cs_end(caisson_module.client_action(*action, service, request, response), problem);
    return cs_end(cs_fail(404, "This module has no action '", *action, "'."), problem);
}

bool exports_client_area_handle_static(cs_str *action, cs_request *request, cs_response *response,
                                       cs_problem *problem) {
    (void)request, (void)response;
    cs_begin();
    return cs_end(cs_fail(404, "This module has no action '", *action, "' without a service."), problem);
}

#endif

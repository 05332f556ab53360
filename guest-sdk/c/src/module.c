/* From the contract's exports to the module's functions: what every type of module exports. */
#include "forms.h"
#include "internal.h"

static cs_str vetoed;
static bool has_vetoed;

bool cs_veto_with(cs_str reason) {
    vetoed = reason;
    has_vetoed = true;
    return true;
}

bool cs_view_or_none(bool done, const cs_view *view) {
    if (!done || view->template_.len > 0) return done;
    return cs_fail(404, "This module has no page here.");
}

bool exports_lifecycle_activate(cs_problem *problem) {
    cs_begin();
    return cs_end(!caisson_module.activate || caisson_module.activate(), problem);
}

bool exports_lifecycle_deactivate(cs_problem *problem) {
    cs_begin();
    return cs_end(!caisson_module.deactivate || caisson_module.deactivate(), problem);
}

bool exports_lifecycle_update(cs_str *from_version, cs_problem *problem) {
    cs_begin();
    return cs_end(!caisson_module.update || caisson_module.update(*from_version), problem);
}

#ifndef CAISSON_PRODUCT
bool cs_run_job(const cs_job *job, cs_value *result) {
    if (caisson_module.job) return caisson_module.job(job, result);
    return cs_fail(404, "This module has no job '", job->method, "'.");
}
#endif

bool exports_jobs_run(cs_job *job, cs_str *json, cs_problem *problem) {
    cs_begin();
    cs_value result = cs_object();
    bool done = cs_run_job(job, &result);
    if (done) *json = cs_json(result);
    return cs_end(done, problem);
}

bool exports_hooks_on_event(cs_event *event, exports_hooks_verdict_t *verdict, cs_problem *problem) {
    cs_begin();
    bool done = !caisson_module.on_event || caisson_module.on_event(event);
    *verdict = (exports_hooks_verdict_t){.tag = EXPORTS_HOOKS_VERDICT_PROCEED};
    if (has_vetoed) *verdict = (exports_hooks_verdict_t){EXPORTS_HOOKS_VERDICT_VETO, {.veto = vetoed}};
    return cs_end(done, problem);
}

bool exports_admin_handle(cs_str *route, cs_request *request, cs_response *response, cs_problem *problem) {
    cs_begin();
    if (caisson_module.admin) return cs_end(caisson_module.admin(*route, request, response), problem);
    return cs_end(cs_fail(404, "This module has no page '", *route, "'."), problem);
}

/* A form that is no object is the input's fault. */
static bool read_form(const cs_str *json, cs_value *form) {
    bool read = cs_parse(*json, form) && form->kind == CS_OBJECT;
    return read || cs_fail(422, "The form does not fit this module: it is no object.");
}

bool cs_save_form(bool (*save)(cs_value *), const cs_str *json, cs_str *saved) {
    cs_value form;
    CS_TRY(read_form(json, &form));
    CS_TRY(!save || save(&form));
    *saved = cs_json(form);
    return true;
}

bool cs_show_form(bool (*show)(cs_value, cs_view *), const cs_str *json, cs_view *view) {
    cs_value form;
    *view = (cs_view){0};
    CS_TRY(read_form(json, &form));
    return cs_view_or_none(!show || show(form, view), view);
}

bool exports_settings_save(cs_str *json, cs_str *saved, cs_problem *problem) {
    cs_begin();
    return cs_end(cs_save_form(caisson_module.save_settings, json, saved), problem);
}

bool exports_settings_page(cs_str *json, cs_view *view, cs_problem *problem) {
    cs_begin();
    return cs_end(cs_show_form(caisson_module.settings_page, json, view), problem);
}

bool exports_settings_test_connection(cs_str *json, cs_str *text, cs_problem *problem) {
    cs_begin();
    cs_value form;
    *text = (cs_str){0};
    if (!caisson_module.test_connection) return cs_end(cs_fail(405, "This module has no connection to test."), problem);
    return cs_end(read_form(json, &form) && caisson_module.test_connection(form, text), problem);
}

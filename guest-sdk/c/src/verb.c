/* What can be done with a service: each verb is queued as a task, and the task runs the module's function for it. */
#include "internal.h"

#ifdef CAISSON_PRODUCT

#include "verb.h"

static const char *const names[] = {"create", "suspend", "unsuspend", "terminate", "change-package"};

/* Bound to the service, which is shown as processing from the same moment on, and queued once however often it is asked
 * for. Three tries, since a provider that is down is the usual failure. */
bool cs_queue_verb(cs_verb verb, const cs_service *service, cs_value previous) {
    cs_task task = {
        .method = names[verb],
        .payload = cs_null(),
        .service = service->id,
        .sets_status = true,
        .status = CS_PROCESSING,
        .unique = cs_concat(names[verb], ":", service->id),
        .tag = names[verb],
        .tries = 3,
        .backoff_s = 10,
    };
    /* A service that was suspended when the change was asked for is again when the change is done. */
    if (verb == CS_CHANGE_PACKAGE) {
        task.payload = cs_object("previous", previous, "suspended", (bool)(service->status == CS_SUSPENDED));
    }
    if (caisson_module.tune_task) caisson_module.tune_task(verb, &task);
    return cs_task_queue(&task, NULL);
}

static bool verb_of(cs_str method, cs_verb *verb) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (cs_equal(method, names[i])) return *verb = (cs_verb)i, true;
    }
    return false;
}

/* A product module that cannot make or end a service is none. */
static bool has_no(const char *verb) { return cs_fail(405, "This module cannot ", verb, " a service."); }

static bool work(cs_verb verb, const cs_service *service, cs_str payload, uint8_t *status) {
    const cs_module *module = &caisson_module;
    cs_value change;
    *status = CS_COMPLETED;
    switch (verb) {
    case CS_CREATE: return module->create ? module->create(service) : has_no("create");
    case CS_SUSPEND: *status = CS_SUSPENDED; return module->suspend ? module->suspend(service) : has_no("suspend");
    case CS_UNSUSPEND: return module->unsuspend ? module->unsuspend(service) : has_no("resume");
    case CS_TERMINATE:
        *status = CS_TERMINATED;
        return module->terminate ? module->terminate(service) : has_no("terminate");
    case CS_CHANGE_PACKAGE:
        if (!module->change_package) return cs_fail(405, "This module cannot change the package of a service.");
        if (!cs_parse(payload, &change) || change.kind != CS_OBJECT)
            return cs_fail(500, "The module does not understand its job.");
        if (cs_get_bool(change, "suspended")) *status = CS_SUSPENDED;
        return module->change_package(service, cs_get(change, "previous"));
    }
    return false;
}

bool cs_run_job(const cs_job *job, cs_value *result) {
    cs_verb verb;
    if (!verb_of(job->method, &verb)) {
        if (caisson_module.job) return caisson_module.job(job, result);
        return cs_fail(404, "This module has no job '", job->method, "'.");
    }
    if (!job->service.is_some) return cs_fail(400, "The job '", job->method, "' needs a service.");
    const cs_service *service = &job->service.val;
    uint8_t status;
    if (!work(verb, service, job->payload, &status)) {
        cs_log_error(names[verb], service->id, cs_standing()->message);
        return false;
    }
    if (!cs_status_was_set(service->id)) CS_TRY(cs_service_status(service->id, status));
    cs_log_info(names[verb], service->id, "done");
    return true;
}

#endif

/* The panel's queue. */
#include "internal.h"

static bool failed(const host_tasks_error_t *error) {
    switch (error->tag) {
    case HOST_TASKS_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_TASKS_ERROR_INVALID:
        return cs_host_failed("tasks", 500, "The module queued a task that the panel refused.", error->val.invalid);
    case HOST_TASKS_ERROR_QUOTA:
        return cs_host_failed("tasks", 429, "The module has too many tasks.", error->val.quota);
    case HOST_TASKS_ERROR_MISSING: return cs_fail(404, "There is no such task.");
    case HOST_TASKS_ERROR_UNAVAILABLE: return cs_not_offered("tasks", error->val.unavailable);
    default: return cs_host_failed("tasks", 503, "The task queue did not answer.", error->val.other);
    }
}

static cs_option_u32_t number(uint32_t value) { return (cs_option_u32_t){value > 0, value}; }

bool cs_task_queue(const cs_task *task, cs_str *id) {
    cs_str method = cs_str_of(task->method), payload = cs_json(task->payload), made;
    cs_str tag = cs_str_of(task->tag);
    host_tasks_options_t options = {
        .queue = cs_optional(cs_str_of(task->queue)),
        .tags = {&tag, tag.len > 0},
        .tries = number(task->tries),
        .backoff_s = number(task->backoff_s),
        .timeout_s = number(task->timeout_s),
        .max_exceptions = number(task->max_exceptions),
        .delay_s = number(task->delay_s),
        .unique_key = cs_optional(task->unique),
        .service = {task->service.len > 0, task->service},
        .status = {task->sets_status, task->status},
    };
    host_tasks_error_t error;
    return host_tasks_add(&method, &payload, &options, id ? id : &made, &error) || failed(&error);
}

bool cs_task_cancel(cs_str id) {
    host_tasks_error_t error;
    return host_tasks_cancel(&id, &error) || failed(&error);
}

bool cs_task_progress(uint8_t percent, cs_str message) {
    host_tasks_error_t error;
    return host_tasks_progress(percent, &message, &error) || failed(&error);
}

bool cs_schedule(const char *name, const char *cron, const char *method, cs_value payload) {
    cs_str named = cs_str_of(name), when = cs_str_of(cron), what = cs_str_of(method), json = cs_json(payload);
    host_tasks_error_t error;
    return host_tasks_schedule(&named, cron ? &when : NULL, &what, &json, &error) || failed(&error);
}

bool cs_unschedule(const char *name) { return cs_schedule(name, NULL, "", cs_null()); }

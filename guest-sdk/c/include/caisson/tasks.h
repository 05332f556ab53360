/* Work for later, in the panel's queue. Grant: `tasks = true`. A queued task comes back through the module's `job`. */
#ifndef CAISSON_TASKS_H
#define CAISSON_TASKS_H

#include "problem.h"

/* Zeros are the panel's defaults. */
typedef struct {
    const char *method;
    cs_value payload;
    cs_str service; /* two tasks of one service never run together */
    bool sets_status;
    uint8_t status;          /* where `sets_status`: of the service, in the same transaction */
    uint32_t tries;          /* in all; once where nothing is said */
    uint32_t backoff_s;      /* between tries; grows */
    uint32_t timeout_s;      /* of one try */
    uint32_t max_exceptions; /* tries that may end in a trap or a time-out */
    uint32_t delay_s;        /* before the first try */
    cs_str unique;           /* while a task of this key waits or runs, another is that one */
    const char *tag;
    const char *queue;
} cs_task;

/* cs_queue("sync", .payload = cs_object(…), .tries = 3). */
#define cs_queue(...) cs_task_queue(&(cs_task){.method = __VA_ARGS__}, NULL)
/* `id`, where it is given, becomes the task's. */
bool cs_task_queue(const cs_task *task, cs_str *id);
/* Cancels a task that waits. */
bool cs_task_cancel(cs_str id);
/* How far the running task is: 0 to 100, and a line for people. */
bool cs_task_progress(uint8_t percent, cs_str message);
/* Calls the job `method` whenever `cron` (five fields, UTC) says so. The same name replaces. */
bool cs_schedule(const char *name, const char *cron, const char *method, cs_value payload);
bool cs_unschedule(const char *name);

#endif

// Work for later, in the panel's queue. Grant: `tasks = true`. A queued task comes back through the module's `jobs`.

import * as host from "caisson:module/tasks@0.1.0";

import { ask, write } from "./host.js";
import type { Status } from "./types.js";

export type Options = {
    /** `default` where nothing is said. */
    queue?: string;
    /** Words to find the task by. */
    tags?: string[];
    /** How often it may be tried in all; once where nothing is said. */
    tries?: number;
    /** Seconds between tries, which grow from try to try; 10 where nothing is said. */
    backoff?: number;
    /** Seconds that one try may take; 600 where nothing is said. */
    timeout?: number;
    /** How many tries may end in a crash or a time-out; 2 where nothing is said. */
    maxExceptions?: number;
    /** Seconds to wait before the first try. */
    delay?: number;
    /** While a task with this key waits or runs, adding another returns the first one's id. */
    unique?: string;
    /** The id of the service that the task works on. Two tasks of one service never run together. */
    service?: string;
    /** The provision status that the service gets in the same transaction. */
    status?: Status;
};

/** Queues a call of the module's job `method` and returns the task's id once it is durably stored. */
export function add(method: string, payload: unknown = null, options: Options = {}): string {
    const { queue, tags = [], tries, maxExceptions, service, status } = options;
    const { backoff: backoffS, timeout: timeoutS, delay: delayS, unique: uniqueKey } = options;
    const asked = { queue, tags, tries, backoffS, timeoutS, maxExceptions, delayS, uniqueKey, service, status };
    return ask("tasks", () => host.add(method, write(payload), asked));
}

/** Cancels a task that waits; one that runs finishes. */
export function cancel(id: string): void {
    ask("tasks", () => host.cancel(id));
}

/** Says how far the running task is: 0 to 100, and a line for people. */
export function progress(percent: number, message = ""): void {
    ask("tasks", () => host.progress(percent, message));
}

/** Calls the job `method` whenever `cron` (five fields, UTC) says so. The same name replaces; see {@link unschedule}. */
export function schedule(name: string, cron: string, method: string, payload: unknown = null): void {
    ask("tasks", () => host.schedule(name, cron, method, write(payload)));
}

/** Takes a schedule back. */
export function unschedule(name: string): void {
    ask("tasks", () => host.schedule(name, undefined, "", "null"));
}

// What can be done with a service: each verb is queued as a task, and the task calls the module's part of that name.

import type { Service as RawService } from "caisson:module/types@0.1.0";

import * as log from "./log.js";
import type { AnyForms, Job, ProductParts, Verb } from "./module.js";
import { problem } from "./problem.js";
import * as services from "./services.js";
import { type Options, add } from "./tasks.js";
import type { Service, Status } from "./types.js";
import { read } from "./host.js";

type Parts = ProductParts<AnyForms>;

/** What the job of `change-package` is given; `suspended` is whether the service was when the change was asked for. */
type PackageChange = { previous: object; suspended: boolean };

const VERBS: Record<Verb, { leadsTo: Status; work: (parts: Parts, service: Service, payload: PackageChange) => void }> = {
    create: { leadsTo: "completed", work: (parts, service) => parts.create(service) },
    suspend: { leadsTo: "suspended", work: (parts, service) => has(parts.suspend, "suspend")(service) },
    unsuspend: { leadsTo: "completed", work: (parts, service) => has(parts.unsuspend, "resume")(service) },
    terminate: { leadsTo: "terminated", work: (parts, service) => parts.terminate(service) },
    "change-package": {
        leadsTo: "completed",
        work: (parts, service, { previous }) => has(parts.changePackage, "change the package of")(service, previous),
    },
};

function has<T>(part: T | undefined, what: string): T {
    if (part === undefined) {
        throw problem(405, `This module cannot ${what} a service.`);
    }
    return part;
}

/** Whether a job is a verb's. */
export function isVerb(method: string): method is Verb {
    return Object.hasOwn(VERBS, method);
}

/**
 * Queues a verb's task: bound to the service, which is shown as processing from the same moment on, and queued once however often it is
 * asked for. Three tries, since a provider that is down is the usual failure.
 */
export function queue(parts: Parts, verb: Verb, service: RawService, payload: PackageChange | null = null): void {
    const options: Options = {
        service: service.id,
        status: "processing",
        unique: `${verb}:${service.id}`,
        tags: [verb],
        tries: 3,
        backoff: 10,
    };
    add(verb, payload, parts.tune?.(verb, options) ?? options);
}

/** Queues the change to what the service's product data says already. */
export function queueChange(parts: Parts, service: RawService, previous: string): void {
    queue(parts, "change-package", service, {
        previous: read("product data", previous),
        suspended: service.status === "suspended",
    });
}

/** Runs a verb's job and sets the status that it leads to, unless the module has set one. */
export function run(parts: Parts, verb: Verb, { method, payload, service }: Job): void {
    if (service === undefined) {
        throw problem(400, `The job '${method}' needs a service.`);
    }
    try {
        VERBS[verb].work(parts, service, payload);
        if (!services.statusWasSet(service.id)) {
            const again = verb === "change-package" && (payload as PackageChange).suspended;
            services.setStatus(service.id, again ? "suspended" : VERBS[verb].leadsTo);
        }
    } catch (caught) {
        log.error(verb, service.id, caught instanceof Error ? caught.message : String(caught));
        throw caught;
    }
    log.info(verb, service.id, "done");
}

// Services of this module's products. Grant: `services = true`.

import * as host from "caisson:module/services@0.1.0";

import { ask, write } from "./host.js";
import { type Data, type Service, type Status, toService } from "./types.js";

/** Services whose status this call has set; an instance lives for one call. */
const written = new Set<string>();

/** The service as it is now; 404 where the id is of no service of this module. */
export function get<P = Data, S = Data>(id: string): Service<P, S> {
    return toService(ask("services", () => host.get(id)));
}

/** Every service of this module, oldest first, or those of one status; fetched page by page as the loop goes on. */
export function* list<P = Data, S = Data>(status?: Status): Generator<Service<P, S>, void> {
    let after: string | null | undefined;
    do {
        const page = ask("services", () => host.list(status, after));
        yield* page.items.map((service) => toService<P, S>(service));
        after = page.next;
    } while (after !== null && after !== undefined);
}

/** Sets where a service stands with its provider; `message` is for staff and stands on the service page until the next status. */
export function setStatus(id: string, status: Status, message?: string): void {
    ask("services", () => host.setProvisionStatus(id, status, message));
    written.add(id);
}

/**
 * Merges fields into the service's data; null removes one. Durable when it returns: mint ids and passwords, store them here, then call
 * the provider, and a second try finds the first one's names.
 */
export function setData(id: string, data: object): void {
    ask("services", () => host.setProvisionData(id, write(data)));
}

/** Whether this call has set the service's status itself. */
export function statusWasSet(id: string): boolean {
    return written.has(id);
}

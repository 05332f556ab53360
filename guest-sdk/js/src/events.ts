// Something happened, and other modules may hear of it. Grant: `[capabilities.events] publishes`.

import * as host from "caisson:module/events@0.1.0";

import { ask, write } from "./host.js";

/** Publishes an event and returns its id. In a transaction it is delivered once that commits. */
export function dispatch(name: string, payload: unknown = {}): string {
    return ask("events", () => host.dispatch(name, write(payload)));
}

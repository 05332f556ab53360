// Tells people something in the panel's name. Grant: `notifications = true`.
//
// What is said are the module's own strings `notify-<event>-subject` and `notify-<event>-message` in `lang/*.ftl`, in the language of
// whoever it is for; the members of `data` are their arguments.

import * as host from "caisson:module/notifications@0.1.0";

import { ask, write } from "./host.js";

/** Tells a client who has a service of this module. */
export function toClient(id: string, event: string, data: object = {}): void {
    ask("notifications", () => host.notify({ tag: "client", val: id }, event, write(data)));
}

/** Tells every administrator who holds a permission of this module, by its key in the manifest. */
export function toStaff(permission: string, event: string, data: object = {}): void {
    ask("notifications", () => host.notify({ tag: "staff-with", val: permission }, event, write(data)));
}

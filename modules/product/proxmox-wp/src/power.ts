// The buttons, and the switch that lets visitors through or not.

import { i18n, problem } from "@caisson/sdk";

import { change, status } from "./backend.js";
import { type WordPress, live } from "./site.js";

/** The backend looks at the service's status, too. Starting what runs and stopping what stands does no harm, restarting twice may. */
function act(service: WordPress, action: "start" | "stop" | "restart", said: string): string {
    const { id } = live(service);
    change(`action/${action}`, { service_id: id, status: "active" }, { repeatable: action !== "restart" });
    return i18n.translate(said);
}

export const start = (service: WordPress) => act(service, "start", "done-start");
export const stop = (service: WordPress) => act(service, "stop", "done-stop");
export const restart = (service: WordPress) => act(service, "restart", "done-restart");

/** The backend can only turn the switch. `wanted` is what the page offered, so that a form that is sent twice turns it once. */
export function toggle(service: WordPress, wanted: string | undefined): string {
    const { id } = live(service);
    if (wanted !== "on" && wanted !== "off") {
        throw problem(422, i18n.translate("toggle-unclear"));
    }
    const isOn = status(id)?.enabled;
    if (isOn === undefined || isOn !== (wanted === "on")) {
        change("action/toggle", { service_id: id });
    }
    return i18n.translate(wanted === "on" ? "toggled-on" : "toggled-off");
}

// The client's own domains. The backend checks where they point to, and how many there may be.

import { config, i18n, invalid, problem } from "@caisson/sdk";

import { change, look, refusal } from "./backend.js";
import { names } from "./names.js";
import { type WordPress, live } from "./site.js";

const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

export const list = (id: string, isPage = false) => names(look("action/getdomain", id, isPage), "domains", "domain");

export function add(service: WordPress, typed = ""): string {
    const { id } = live(service);
    const domain = typed.trim().toLowerCase().replace(/\.$/, "");
    if (!DOMAIN.test(domain)) {
        throw invalid({ domain: i18n.translate("domain-invalid") });
    }
    const asked = { service_id: id, domain };
    const answer = list(id).includes(domain) ? undefined : change("action/setdomain", asked, { done: [409] });
    // Taken: by this very form, sent twice, or by somebody else's site.
    if (answer?.status === 409 && !list(id).includes(domain)) {
        throw refusal(answer, 409);
    }
    return i18n.translate("domain-added", { domain, ip: config.require("settings.public_ip") });
}

export function remove(service: WordPress, domain = ""): string {
    const { id } = live(service);
    if (!list(id).includes(domain)) {
        throw problem(404, i18n.translate("domain-unknown"));
    }
    change("action/deldomain", { service_id: id, domain }, { repeatable: true, done: [404] });
    return i18n.translate("domain-deleted", { domain });
}

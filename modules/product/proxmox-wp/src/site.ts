// A site's life. The backend knows it by the service's id, so that whatever was lost halfway is simply asked for again.

import { type Service, config, i18n, problem, services, tasks } from "@caisson/sdk";

import { type Site, change, refusal, status } from "./backend.js";

/** What a product sells. */
export type Plan = { plan: string };

/** What is known of a site in the panel; people are shown its subdomain, and the rest in the module's own words. */
export type Known = { subdomain?: string | null; activity?: Activity | null; broken?: true | null };

/** What was asked for last of all that takes long, and what became of it; `at` in milliseconds. */
export type Activity = { work: string; backup: string | null; state: "running" | "done" | "failed"; message: string | null; at: number };

export type WordPress = Service<Plan, Known>;

const BEING_MADE = ["creating", "provisioning", "installing", "pending", "queued", "building", "deploying"];
const BROKEN = ["failed", "error"];

/** Asks for the site, once: where there is one of this service already, an earlier try did it. */
export function create({ id, client: { email }, productData: { plan }, serviceData: { broken } }: WordPress): void {
    if (broken) {
        services.setData(id, { broken: null });
    }
    const asked = { service_id: id, email, plan, public_ip: config.require("settings.public_ip") };
    const answer = change("create-site", asked, { done: [409] });
    if (answer.status === 409) {
        const found = status(id);
        if (found === undefined) {
            throw refusal(answer, 409);
        }
        if (BROKEN.includes(word(found))) {
            // Nobody ever had it: what is left of it makes room for another.
            remove(id);
            change("create-site", asked);
        } else if (found.plan !== undefined && found.plan !== plan) {
            setPlan(id, plan);
        }
    }
    settle(id, 0);
}

/** The site is complete, or it is looked at again a little later: nobody waits in a call for a container to be made. */
export function settle(id: string, polls: number): void {
    const site = status(id);
    if (site === undefined) {
        throw problem(503, i18n.translate("site-unknown"));
    }
    const state = word(site);
    if (BROKEN.includes(state)) {
        services.setData(id, { broken: true });
        throw problem(409, site.error ?? i18n.translate("site-broken"));
    } else if (!BEING_MADE.includes(state)) {
        services.setData(id, { subdomain: site.subdomain ?? null });
        services.setStatus(id, "completed");
    } else if (polls >= config.require<number>("polls_max")) {
        throw problem(409, i18n.translate("site-late"));
    } else {
        services.setStatus(id, "processing", i18n.translate("site-being-made"));
        const delay = config.require<number>("poll_seconds");
        tasks.add("settle", { polls: polls + 1 }, { service: id, delay, tries: 5, backoff: 30, tags: ["create"] });
    }
}

/** The job of a site that is being made. Once staff was told that it could not be made, a retry makes it anew. */
export function settleLater(service: WordPress | undefined, { polls }: { polls: number }): void {
    // Terminated meanwhile, perhaps.
    if (service?.status !== "processing") {
        return;
    }
    if (service.serviceData.broken) {
        create(service);
    } else {
        settle(service.id, polls);
    }
}

export function suspend({ id }: WordPress): void {
    reach("suspend", id, ({ status }) => status === "suspended");
}

export function unsuspend({ id }: WordPress): void {
    reach("unsuspend", id, ({ status }) => status !== "suspended");
}

export function changePackage({ id, productData: { plan } }: WordPress): void {
    setPlan(id, plan);
}

/** A site that is gone already is done. */
export function terminate({ id }: WordPress): void {
    remove(id);
    services.setData(id, { subdomain: null, activity: null });
}

function remove(id: string): void {
    change("delete-site", { service_id: id }, { repeatable: true, done: [404] });
}

function setPlan(id: string, plan: string): void {
    reach("wp/upgrade/", id, (site) => site.plan === plan, { plan });
}

/** Asks for a state that may be there already, which the backend may call a conflict. */
function reach(path: string, id: string, isThere: (site: Site) => boolean, more: object = {}): void {
    const answer = change(path, { service_id: id, ...more }, { repeatable: true, done: [409] });
    if (answer.status === 409 && !isThere(status(id) ?? {})) {
        throw refusal(answer, 409);
    }
}

export function word({ status = "unknown" }: Site): string {
    return status.toLowerCase();
}

/** Nothing is done to a site that is not there yet, or that is suspended. */
export function live(service: WordPress): WordPress {
    if (service.status === "suspended") {
        throw problem(409, i18n.translate("suspended"));
    }
    if (service.status !== "completed") {
        throw problem(409, i18n.translate("not-ready"));
    }
    return service;
}

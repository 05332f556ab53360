// What clients and staff see. Each part is asked for by itself, and tells by itself that it could not be had.

import { i18n, isProblem } from "@caisson/sdk";

import { status } from "./backend.js";
import * as backups from "./backups.js";
import * as domains from "./domains.js";
import { type Activity, type WordPress, word } from "./site.js";
import { LOST_MS } from "./work.js";

/** A part of a page: what was found, or why it was not. */
type Part<T> = { found: T | null; unavailable: string | null };

function part<T>(find: () => T): Part<T> {
    try {
        return { found: find(), unavailable: null };
    } catch (caught) {
        if (!isProblem(caught)) {
            throw caught;
        }
        return { found: null, unavailable: caught.message };
    }
}

export function site(service: WordPress): object {
    const { id, serviceData: { subdomain, activity } } = service;
    const isSuspended = service.status === "suspended";
    const known = { address: subdomain ?? null, is_suspended: isSuspended, activity: shown(activity) };
    if (isSuspended) {
        return known;
    }
    return {
        ...known,
        state: part(() => state(id)),
        domains: part(() => domains.list(id, true)),
        backups: part(() => backups.list(id, true).map((name) => ({ name, ...backups.day(name) }))),
    };
}

/** The same parts, counted, for staff. */
export function summary({ id, serviceData: { subdomain, activity } }: WordPress): object {
    return {
        address: subdomain ?? null,
        activity: shown(activity),
        state: part(() => state(id)),
        domains: part(() => domains.list(id, true).length),
        backups: part(() => backups.list(id, true).length),
    };
}

const STATES: Record<string, [text: string, color: string]> = {
    running: ["state-running", "green"],
    stopped: ["state-stopped", "grey"],
    suspended: ["state-suspended", "amber"],
};

function state(id: string) {
    const found = status(id, true);
    const name = word(found ?? { status: "missing" });
    const [text, color] = { ...STATES, missing: ["state-missing", "red"] as const }[name] ?? [undefined, "grey"];
    return { text: text === undefined ? name : i18n.translate(text), color, is_on: found?.enabled ?? null };
}

const WORKS: Record<string, string> = { "make-backup": "work-make-backup", "roll-back": "work-roll-back", reset: "work-reset" };

function shown(activity: Activity | null | undefined): object | null {
    if (activity === null || activity === undefined) {
        return null;
    }
    const isLost = activity.state === "running" && Date.now() - activity.at > LOST_MS;
    const what = i18n.translate(WORKS[activity.work] ?? activity.work, { backup: activity.backup ?? "" });
    return { ...activity, what, state: isLost ? "lost" : activity.state };
}

// Backups, which the backend calls BAK{DDMMYYYY}-{N}. Any other snapshot, such as the one a reset goes back to, is its own.

import { i18n, problem } from "@caisson/sdk";

import { change, look } from "./backend.js";
import { names } from "./names.js";
import { type WordPress, live } from "./site.js";

const NAME = /^BAK(\d{2})(\d{2})(\d{4})-(\d+)$/;

/** The backups' names, newest first. */
export function list(id: string, isPage = false): string[] {
    const found = names(look("action/getbak", id, isPage), "backups", "name").filter((name) => NAME.test(name));
    return found.sort((a, b) => age(b).localeCompare(age(a)));
}

/** The day of a backup as `2025-12-11`, and which of the day it is. */
export function day(name: string): { date: string; number: number } {
    const [, day = "", month = "", year = "", number = "0"] = NAME.exec(name) ?? [];
    return { date: `${year}-${month}-${day}`, number: Number(number) };
}

function age(name: string): string {
    const { date, number } = day(name);
    return `${date}-${String(number).padStart(9, "0")}`;
}

/** The backup, if it is one of this site's. */
export function own(service: WordPress, name = ""): string {
    if (!list(live(service).id).includes(name)) {
        throw problem(404, i18n.translate("backup-unknown"));
    }
    return name;
}

export function remove(service: WordPress, name: string | undefined): string {
    const bak = own(service, name);
    change("action/delbak", { service_id: service.id, bak }, { repeatable: true, done: [404] });
    return i18n.translate("backup-deleted", { backup: bak });
}

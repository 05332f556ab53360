// What takes the backend longer than anybody waits for a page: backups and the ways back. Each is a task, and the client's page tells what
// became of the last one.

import { type Job, i18n, isFinal, isProblem, problem, services, tasks } from "@caisson/sdk";

import { list } from "./backups.js";
import { change } from "./backend.js";
import { type Activity, type WordPress, live } from "./site.js";

export type Work = "make-backup" | "roll-back" | "reset";

/** `before` are the backups there were: by them a try sees that an earlier one made its backup. */
type Asked = { work: Work; backup: string | null; before: string[] };

/** Going back twice leads where going back once does, and the client's page says that it is under way until it is done. */
const TRIES = 3;

/** After so long a task that said nothing more was lost with its worker. */
export const LOST_MS = 15 * 60 * 1_000;

/** Queues the work, once however often it is asked for while it waits or runs. */
export function begin(service: WordPress, work: Work, backup: string | null = null): string {
    const { id } = live(service);
    const before = work === "make-backup" ? list(id) : [];
    const asked: Asked = { work, backup, before };
    note(id, asked, "running");
    tasks.add("work", asked, { service: id, unique: `${work}:${backup ?? ""}:${id}`, tags: [work], tries: TRIES, backoff: 10 });
    return i18n.translate("work-begun");
}

/** The task. Each try tells the client's page how it went. */
export function run({ attempt, payload, service }: Job): void {
    const asked = payload as Asked;
    if (service === undefined) {
        throw problem(400, "This job needs a service.");
    }
    try {
        live(service);
        perform(service.id, asked);
    } catch (caught) {
        if (!isProblem(caught)) {
            throw caught;
        }
        const isOver = isFinal(caught) || attempt >= TRIES;
        note(service.id, asked, isOver ? "failed" : "running", caught.message);
        throw caught;
    }
    note(service.id, asked, "done");
}

function perform(id: string, { work, backup, before }: Asked): void {
    switch (work) {
        case "make-backup":
            if (list(id).every((name) => before.includes(name))) {
                change("action/mkbak", { service_id: id });
            }
            return;
        case "roll-back":
            change("action/rollback", { service_id: id, bak: backup });
            return;
        case "reset":
            change("action/reset", { service_id: id, status: "active" });
    }
}

function note(id: string, { work, backup }: Asked, state: Activity["state"], message: string | null = null): void {
    const activity: Activity = { work, backup, state, message, at: Date.now() };
    services.setData(id, { activity });
}

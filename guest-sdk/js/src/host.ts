// Calls of host functions: what a host answers instead of a value becomes a problem.

import * as journal from "caisson:module/log@0.1.0";

import { Problem } from "./problem.js";

/** An error of the contract, as the engines throw it. */
export type HostError = { tag: string; val?: unknown };

type Reply = readonly [code: number, message: string];

const IMPOSSIBLE = "The module asked the panel something impossible.";

/** What is said for each interface's errors. Denials and interfaces that are not offered read alike everywhere. */
const REPLIES: Record<string, Record<string, Reply>> = {
    cache: { invalid: [500, IMPOSSIBLE], quota: [429, "The module's cache is full."], other: [500, "The cache failed."] },
    crypto: {
        corrupt: [500, "Sealed data of this module cannot be opened."],
        missing: [424, "A secret setting of this module is missing."],
        invalid: [500, "The module asked for a length that is not offered."],
        budget: [429, "The call used up its budget of encryption."],
    },
    database: {
        invalid: [500, "The module asked its tables something impossible."],
        missing: [500, "A table or column of the module is missing."],
        violated: [409, "That would contradict what is stored already."],
        quota: [429, "The module's tables are full."],
        timeout: [504, "The database took too long."],
        busy: [503, "The database is busy."],
        other: [500, "The database failed."],
    },
    events: {
        invalid: [500, IMPOSSIBLE],
        quota: [429, "The module published too many events."],
        other: [500, "The event could not be published."],
    },
    http: {
        // An address that somebody typed is the usual reason, and another try sends the same.
        invalid: [424, "The provider's address in the module's settings is not usable."],
        resolve: [503, "The provider's host name could not be resolved."],
        connect: [503, "The provider could not be reached."],
        tls: [502, "No secure connection to the provider could be made."],
        timeout: [504, "The provider did not answer in time."],
        "too-large": [502, "The provider's answer was too large."],
        budget: [429, "The call used up its budget of requests."],
        other: [502, "The connection to the provider broke off."],
    },
    mail: {
        invalid: [422, "The message is not one that can be sent."],
        temporary: [503, "The mail server asks to try again later."],
        permanent: [424, "The mail server refused the message."],
        timeout: [504, "The mail server did not answer in time."],
        other: [502, "The mail server could not be used."],
    },
    notifications: {
        invalid: [500, IMPOSSIBLE],
        quota: [429, "The module sent too many notifications."],
        other: [500, "The notification could not be sent."],
    },
    payments: {
        missing: [404, "There is no such invoice."],
        invalid: [422, "The module reported something that is no payment."],
        mismatch: [409, "The payment does not fit the invoice."],
        closed: [409, "The invoice takes no payment now."],
        other: [500, "The payment could not be recorded."],
    },
    probe: {
        refused: [503, "The host refuses connections."],
        timeout: [504, "The host did not answer in time."],
        other: [502, "The host could not be tried."],
    },
    services: {
        missing: [404, "There is no such service."],
        invalid: [500, "The module stored something that the panel refused."],
        other: [500, "The panel could not reach its services."],
    },
    tasks: {
        invalid: [500, "The module queued a task that the panel refused."],
        missing: [404, "There is no such task."],
        quota: [429, "The module has too many tasks."],
        other: [503, "The task queue did not answer."],
    },
    validation: { invalid: [500, "The module's rules for this form are wrong."] },
};

/** Runs a host function of `name`; what it answers instead of a value is thrown as a problem. */
export function ask<T>(name: string, work: () => T): T {
    try {
        return work();
    } catch (caught) {
        const error = hostError(caught);
        throw error ? toProblem(name, error) : caught;
    }
}

/** The contract's error in what an engine threw; undefined where that is something else. */
export function hostError(caught: unknown): HostError | undefined {
    if (caught instanceof Problem || typeof caught !== "object" || caught === null) {
        return undefined;
    }
    const inside = "payload" in caught ? caught.payload : caught;
    const isTagged = typeof inside === "object" && inside !== null && "tag" in inside && typeof inside.tag === "string";
    return isTagged ? (inside as HostError) : undefined;
}

/** The problem that an interface's error stands for; its cause is logged, not shown. */
export function toProblem(name: string, { tag, val }: HostError): Problem {
    if (tag === "denied") {
        const { grant, reason } = val as { grant: string; reason: string };
        return new Problem(403, `The grant '${grant}' is missing: ${reason.replace(/\.+$/, "")}.`);
    }
    if (tag === "unavailable") {
        log("error", name, null, val);
        return new Problem(501, "This panel does not offer what the module asked of it.");
    }
    if (name === "crypto" && tag === "missing") {
        return new Problem(424, `The setting '${String(val)}' is missing.`);
    }
    const [code, message] = REPLIES[name]?.[tag] ?? [500, "The panel could not do what the module asked."];
    if (val !== undefined && val !== null) {
        log("error", name, null, typeof val === "bigint" ? String(val) : val);
    }
    return new Problem(code, message);
}

/** Appends to the module's log. What cannot be written as JSON is left out. */
export function log(level: journal.Level, action: string, request: unknown, response: unknown): void {
    journal.emit(level, action, loose(request), loose(response));
}

function loose(value: unknown): string {
    try {
        return JSON.stringify(value) ?? "null";
    } catch {
        return "null";
    }
}

/** Writes a document for the host. */
export function write(value: unknown): string {
    try {
        return JSON.stringify(value) ?? "null";
    } catch (error) {
        log("error", "write JSON", null, String(error));
        throw new Problem(500, "The module could not write down its answer.");
    }
}

/** Reads a document of the host's; `what` names it in the log. */
export function read<T>(what: string, text: string): T {
    try {
        return JSON.parse(text === "" ? "null" : text) as T;
    } catch (error) {
        log("error", `read ${what}`, null, String(error));
        throw new Problem(500, `The module does not understand its ${what}.`);
    }
}

// What a provider answered.

import type * as host from "caisson:module/http@0.1.0";

import { log } from "./host.js";
import { type Problem, problem } from "./problem.js";
import { decode } from "./text.js";

/** Longest piece of an answer that is copied into the log. */
const LOGGED = 2_000;

/** Longest text of a provider's that is shown to people. */
const SHOWN = 200;

/** An answer, of whatever status. */
export interface Response {
    readonly status: number;
    /** Whether the status is 200 to 299. */
    readonly ok: boolean;
    /** Where the last redirect went. */
    readonly url: string;
    readonly bytes: Uint8Array;
    /** The first header of that name, whatever its case. */
    header(name: string): string | undefined;
    /** Seconds that the provider asks to wait. The form with a date is not read. */
    retryAfter(): number | undefined;
    /** The body as text; bytes that are none are replaced. */
    text(): string;
    /** The JSON body; 502 where it is none, and the log has what it was. */
    json<T = unknown>(): T;
    /** The sentence in a JSON error, under one of the keys that APIs use: short, in one line. */
    reason(): string | undefined;
    /**
     * The problem that an answer other than a success stands for. Refused credentials become 424, other refusals keep their code and the
     * provider's own sentence, as far as it sent one; failures become 502 or 503, and are tried again.
     */
    problem(): Problem;
    /** The response itself where it is a success; else its problem is thrown. */
    orThrow(): Response;
}

export function response(request: string, raw: host.Response): Response {
    const { status, url, body: bytes } = raw;
    const note = (note: string) => log("error", "http", request, { status, body: decode(bytes).slice(0, LOGGED), note });
    return {
        status,
        ok: status >= 200 && status < 300,
        url,
        bytes,
        header: (name) => raw.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value,
        retryAfter() {
            const text = this.header("retry-after")?.trim() ?? "";
            return /^\d+$/.test(text) ? Number(text) : undefined;
        },
        text: () => decode(bytes),
        json<T>() {
            try {
                return JSON.parse(decode(bytes)) as T;
            } catch (error) {
                note(`The answer does not read: ${String(error)}`);
                throw problem(502, "The provider answered something that the module does not understand.");
            }
        },
        reason: () => reason(bytes),
        problem() {
            note("The provider refused");
            return refusal(status, this.reason());
        },
        orThrow() {
            if (!this.ok) {
                throw this.problem();
            }
            return this;
        },
    };
}

function reason(bytes: Uint8Array): string | undefined {
    let body: unknown;
    try {
        body = JSON.parse(decode(bytes));
    } catch {
        return undefined;
    }
    const members = (value: unknown) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
    for (const key of ["error", "message", "detail", "title"]) {
        const found = members(body)[key];
        const text = typeof found === "string" ? found : members(found)["message"];
        if (typeof text === "string") {
            const line = text.replace(/\s+/g, " ").trim().replace(/[\x00-\x1f\x7f-\x9f]/g, "");
            return Array.from(line).slice(0, SHOWN).join("") || undefined;
        }
    }
    return undefined;
}

function refusal(status: number, said: string | undefined): Problem {
    const with_ = (sentence: string) => (said === undefined ? `${sentence}.` : `${sentence}: ${said}`);
    switch (true) {
        case status === 401 || status === 403 || status === 407:
            return problem(424, "The provider refused the module's credentials.");
        case status === 404 || status === 410:
            return problem(404, with_("The provider does not know it"));
        case status === 408:
            return problem(504, "The provider did not get the request in time.");
        case status === 429:
            return problem(429, "The provider asks for a pause.");
        case status >= 400 && status < 500:
            return problem(status, said === undefined ? "The provider refused the request." : with_("The provider refused"));
        case status === 501:
            return problem(405, "The provider does not offer this.");
        case status >= 500 && status < 600:
            return problem(503, "The provider has a failure of its own.");
        default:
            return problem(502, "The provider answered something that the module does not understand.");
    }
}

// The provider's API.

import { config, http, problem } from "@caisson/sdk";

const api = () => http.client({ base: config.require("settings.api_base"), bearer: "api_key" });

export function ping(): string {
    const answer = reached(502, () => api().get("ping"));
    if (answer.status === 401) {
        throw problem(422, "The provider does not accept this API key.");
    }
    return accepted(answer).text();
}

/** Makes a mailbox; one that is there already was made by an earlier try. */
export function create(address: string, quota: number): void {
    accepted(reached(503, () => api().post("mailboxes", { json: { address, quota } })), 409);
}

export function change(address: string, change: { quota?: number; active?: boolean }): void {
    accepted(reached(503, () => api().patch(["mailboxes", address], { json: change })));
}

/** Deletes a mailbox; one that is gone was deleted by an earlier try. */
export function remove(address: string): void {
    accepted(reached(503, () => api().delete(["mailboxes", address])), 404);
}

function reached(code: number, send: () => http.Response): http.Response {
    try {
        return send();
    } catch {
        throw problem(code, "The provider could not be reached.");
    }
}

/** The answer, where it is a success or says that an earlier try did the work. */
function accepted(answer: http.Response, done?: number): http.Response {
    if (answer.ok || answer.status === done) {
        return answer;
    }
    if (answer.status >= 500) {
        throw problem(503, "The provider could not be reached.");
    }
    throw problem(answer.status, `The provider refused the mailbox: ${answer.reason() ?? "it gave no reason"}`);
}

// The backend's API. Every request names the service, by whose id the backend knows the site: no client reaches another's.

import { type Problem, config, http, i18n, log, problem } from "@caisson/sdk";

/** What the backend says of a site; `enabled` is whether the proxy lets visitors through. */
export type Site = { status?: string; subdomain?: string; plan?: string; enabled?: boolean; error?: string };

/** Milliseconds that a page waits for one of its parts. */
const LOOK_MS = 4_000;

const api = () => http.client({ base: config.require("settings.api_base"), bearer: "api_key", timeout: config.require<number>("work_ms") });

/** Changes something. `done` are refusals that say so much as that it is so already; they are given, not thrown. */
export function change(path: string, body: object, options: { repeatable?: boolean; done?: number[] } = {}): http.Response {
    const answer = api().post(path, { json: body, repeatable: options.repeatable });
    if (options.done?.includes(answer.status) && reason(answer) !== undefined) {
        return answer;
    }
    if (read<{ success?: boolean }>(answer)?.success === false) {
        throw refusal(answer, 409);
    }
    return answer;
}

/** Reads something of a site; undefined where the backend knows no such site. `isPage` is for whoever has more to show than that. */
export function look<T>(path: string, id: string, isPage = false): T | undefined {
    const patience = isPage ? { timeout: LOOK_MS, retries: 0 } : {};
    const answer = api().get(path, { query: { service_id: id }, ...patience });
    return answer.status === 404 && reason(answer) !== undefined ? undefined : read<T>(answer);
}

export const status = (id: string, isPage = false) => look<Site>("status", id, isPage);

/** The document in a good answer; anything else is thrown. */
function read<T>(answer: http.Response): T | undefined {
    if (!answer.ok) {
        throw refusal(answer, answer.status);
    }
    return answer.status === 204 ? undefined : answer.json<T>();
}

/**
 * The problem that a refusal stands for: the backend's own sentence and no more, where it has one for people. Failures of its own, and of
 * the connection to it, are nobody's business but the log's.
 */
export function refusal(answer: http.Response, code: number): Problem {
    const said = reason(answer);
    const isOurs = [401, 407, 408, 429].includes(code) || code < 400 || code >= 500 || (code === 403 && said === undefined);
    if (isOurs) {
        return answer.problem();
    }
    log.warning("refused", answer.url, { status: answer.status, body: answer.text().slice(0, 1_000) });
    return problem(code, said ?? i18n.translate("refused"));
}

/** `{"error": "…"}`, or else the first paragraph of a page. */
export function reason(answer: http.Response): string | undefined {
    const paragraph = /<p[^>]*>(.*?)<\/p>/is.exec(answer.text())?.[1];
    const text = paragraph?.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim().slice(0, 200);
    return answer.reason() ?? (text === "" ? undefined : text);
}

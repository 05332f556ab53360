// Slack's incoming webhooks: one address, which answers a word.

import { type Problem, cache, config, http, i18n, log, problem } from "@caisson/sdk";

/** When Slack may be asked again, in milliseconds since the epoch. */
const PAUSED_UNTIL = "paused-until";
/** Where Slack asks for a pause and does not say how long. */
const PAUSE_S = 30;
const PAUSE_MAX_S = 60 * 60;

/** Words that no other try can help against: the code, and the sentence for staff. */
const FINAL: Record<string, [code: number, sentence: string]> = {
    invalid_payload: [422, "invalid-payload"],
    no_text: [422, "invalid-payload"],
    too_many_attachments: [422, "invalid-payload"],
    action_prohibited: [403, "action-prohibited"],
    posting_to_general_channel_denied: [403, "action-prohibited"],
    user_not_found: [404, "channel-not-found"],
    channel_not_found: [404, "channel-not-found"],
    channel_is_archived: [410, "channel-is-archived"],
    invalid_token: [424, "no-service"],
    no_active_hooks: [424, "no-service"],
    no_service: [424, "no-service"],
    no_service_id: [424, "no-service"],
    no_team: [424, "no-service"],
    team_disabled: [424, "no-service"],
};

/** Posts into the webhook's channel. While Slack has asked for a pause nothing is sent: 429 has the queue come again. */
export function post(payload: object): void {
    const left = (cache.get<number>(PAUSED_UNTIL) ?? 0) - Date.now();
    if (left > 0) {
        throw paused(Math.ceil(left / 1_000));
    }
    const answer = http.post("", { url: "webhook_url", json: payload, timeout: config.require<number>("answer_ms") });
    const said = answer.text().trim();
    if (answer.ok && said === "ok") {
        return;
    }
    if (answer.status === 429) {
        const seconds = Math.min(answer.retryAfter() ?? PAUSE_S, PAUSE_MAX_S);
        cache.set(PAUSED_UNTIL, Date.now() + seconds * 1_000, Math.max(seconds, 1));
        throw paused(seconds);
    }
    throw refusal(answer, said);
}

function paused(seconds: number): Problem {
    return problem(429, i18n.translate("paused", { seconds }));
}

function refusal(answer: http.Response, said: string): Problem {
    const known = answer.status < 500 && Object.hasOwn(FINAL, said) ? FINAL[said] : undefined;
    if (known !== undefined) {
        const [code, sentence] = known;
        log.error("post", null, { status: answer.status, said });
        return problem(code, i18n.translate(sentence));
    }
    // 200 with something else than "ok" was no Slack: a proxy's page, or a server that is not the one that was meant.
    return answer.problem();
}

// Notifications as posts in a Slack channel, through its incoming webhook.
//
// Slack has no way to say that a post is the same as an earlier one. Where its answer was lost the message is posted again: it may then stand
// there twice, and is never lost. A message that Slack took is remembered, so that a worker lost afterwards posts nothing twice.

import { type Message, cache, i18n, notification } from "@caisson/sdk";

import { layOut } from "./layout.js";
import { post } from "./slack.js";

/** What an administrator filled in; the webhook's URL stays with the host. */
type Settings = { audience: "staff" | "client" | "everybody"; addresses?: string[]; language: string };

/** Longer than the queue goes on trying. */
const REMEMBERED_S = 24 * 60 * 60;

export default notification<{ settings: Settings }>({
    settings: {
        save({ addresses = [], ...settings }) {
            return { ...settings, addresses: [...new Set(addresses.map((one) => one.trim().toLowerCase()).filter(Boolean))] };
        },
        page: () => ({ template: "admin_area/settings", data: {} }),
        testConnection({ language }) {
            post({ text: i18n.translate("test-post", {}, language) });
            return i18n.translate("test-posted");
        },
    },

    send({ settings }, message) {
        if (!isFor(settings, message)) {
            return { status: "skipped" };
        }
        const posted = `posted:${message.id}`;
        if (cache.get(posted) === undefined) {
            post(layOut(message, settings.language));
            cache.set(posted, true, REMEMBERED_S);
        }
        // Slack says "ok" when the post stands in the channel; it gives no name to it.
        return { status: "delivered" };
    },
});

/** Whether the channel is for such a message. */
function isFor({ audience, addresses = [] }: Settings, { audience: whom, to }: Message): boolean {
    const addressed = addresses.length === 0 || addresses.includes(to.toLowerCase());
    return addressed && (audience === "everybody" || audience === whom);
}

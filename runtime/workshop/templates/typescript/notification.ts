import { config, http, notification } from "@caisson/sdk";

export default notification({
    send(_channel, message) {
        const api = http.client({ base: config.require("settings.api_base"), bearer: "token" });
        const body = { to: message.to, subject: message.subject, text: message.text };
        // A message that comes again has the same id.
        api.post("messages", { json: body, idempotencyKey: message.id }).orThrow();
        return { status: "accepted" };
    },
});

import type * as contract from "caisson:module/types@0.1.0";

import { read } from "../host.js";
import type { AnyForms, Message, Module, NotificationParts } from "../module.js";
import { problem } from "../problem.js";
import { fromReply, toRequest } from "../types.js";
import { type Exports, common, entrances, parts as partsOf } from "./common.js";

type RawChannel = { id: string; settings: string; callbackUrl: string | contract.Missing };
type RawMessage = Omit<Message, "data" | "html" | "phone"> & {
    data: string;
    html: string | contract.Missing;
    phone: string | contract.Missing;
};

/** What a notification module exports. */
export function exports(module: Module): Exports {
    const parts = partsOf(module, "notification");
    return entrances({ ...common(parts), ...own(parts) });
}

function own(parts: NotificationParts<AnyForms>): Exports {
    const channel = ({ id, settings, callbackUrl }: RawChannel) => ({
        id,
        settings: read<any>("channel settings", settings),
        callbackUrl: callbackUrl ?? undefined,
    });
    return {
        notification: {
            send: (at: RawChannel, message: RawMessage) =>
                parts.send(channel(at), {
                    ...message,
                    phone: message.phone ?? undefined,
                    html: message.html ?? undefined,
                    data: read("message", message.data),
                }),
            callback: (at: RawChannel, request: contract.Request) => {
                if (parts.callback === undefined) {
                    throw problem(405, "This channel takes no callbacks.");
                }
                const { reports, response } = parts.callback(channel(at), toRequest(request));
                return { reports, response: fromReply(response) };
            },
        },
    };
}

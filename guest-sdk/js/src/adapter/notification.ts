import type * as contract from "caisson:module/types@0.1.0";

import { read } from "../host.js";
import type { AnyForms, Message, Module, NotificationParts } from "../module.js";
import { type Exports, common, entrances, parts as partsOf } from "./common.js";

type RawMessage = Omit<Message, "data" | "html"> & { data: string; html: string | contract.Missing };

/** What a notification module exports. */
export function exports(module: Module): Exports {
    const parts = partsOf(module, "notification");
    return entrances({ ...common(parts), ...own(parts) });
}

function own(parts: NotificationParts<AnyForms>): Exports {
    return {
        notification: {
            send: ({ id, settings }: { id: string; settings: string }, message: RawMessage) =>
                parts.send(
                    { id, settings: read("channel settings", settings) },
                    { ...message, html: message.html ?? undefined, data: read("message", message.data) },
                ),
        },
    };
}

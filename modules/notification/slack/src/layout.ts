// How a message looks in Slack: a headline, and under it an attachment with a colour, since blocks alone have none.

import { type Message, config, i18n } from "@caisson/sdk";

import { type Severity, colour, icon, severityOf } from "./severity.js";

/** How an event is laid out: `[config.layouts]` of the manifest. `fields` are members of the event's data, in their order. */
type Layout = { severity?: Severity; icon?: string; fields?: string[] };

/** What Slack takes in one block. */
const SECTION_MAX = 3_000;
const FIELD_MAX = 2_000;
const FIELDS_MAX = 10;

/** Of data nobody has a layout for, only what fits a line is shown. */
const LINE_MAX = 120;

type Text = { type: "plain_text"; text: string; emoji: boolean };
type Block = { type: "section"; text: Text } | { type: "section"; fields: Text[] } | { type: "context"; elements: Text[] };

/** What is posted for a message; `language` is for what is added to it. */
export function layOut(message: Message, language: string): object {
    const layout = (config.get<Record<string, Layout>>("layouts") ?? {})[message.event];
    const severity = severityOf(message, layout?.severity);
    const headline = `${layout?.icon ?? icon(severity)} ${escaped(message.subject)}`;
    const blocks: Block[] = [
        ...pieces(message.text).map((text): Block => ({ type: "section", text: plain(text) })),
        ...facts(message, layout?.fields),
        ...files(message, language),
        { type: "context", elements: [plain(footer(message))] },
    ];
    return { text: headline, attachments: [{ color: colour(severity), fallback: message.subject, blocks }] };
}

/** Text that is shown as it is: no mention, link or format comes of it. */
function plain(text: string): Text {
    return { type: "plain_text", text, emoji: false };
}

/** The one text that is markup, and where `<!channel>` would call everybody. */
function escaped(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The text in pieces that fit a block each, broken between lines or words where that is possible. */
export function pieces(text: string): string[] {
    const found: string[] = [];
    let rest = text.trim();
    while (rest.length > SECTION_MAX) {
        const head = rest.slice(0, SECTION_MAX);
        const at = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
        // Not between the halves of a character.
        const end = at > 0 ? at : /[\ud800-\udbff]$/.test(head) ? SECTION_MAX - 1 : SECTION_MAX;
        found.push(rest.slice(0, end));
        rest = rest.slice(end).trimStart();
    }
    return rest === "" ? found : [...found, rest];
}

/** What the event is about, in two columns. */
function facts({ data }: Message, fields: string[] | undefined): Block[] {
    const named = fields ?? Object.keys(data).filter((name) => name !== "severity" && String(data[name]).length <= LINE_MAX);
    const shown = named.filter((name) => ["string", "number", "boolean"].includes(typeof data[name]) && data[name] !== "");
    if (shown.length === 0) {
        return [];
    }
    const texts = shown.slice(0, FIELDS_MAX).map((name) => plain(`${label(name)}\n${String(data[name])}`.slice(0, FIELD_MAX)));
    return [{ type: "section", fields: texts }];
}

/** `first_seen` as `First seen`. */
function label(name: string): string {
    const words = name.replace(/[_-]+/g, " ").trim();
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Incoming webhooks take no files: what was attached is named, and said to be missing. */
function files({ attachments }: Message, language: string): Block[] {
    if (attachments.length === 0) {
        return [];
    }
    const named = attachments.map(({ name, content }) => `${name} (${size(content.bytes.length)})`).join(", ");
    const said = i18n.translate("files-left-out", { count: attachments.length, files: named }, language);
    return [{ type: "section", text: plain(said.slice(0, SECTION_MAX)) }];
}

function size(bytes: number): string {
    const steps = ["B", "kB", "MB", "GB"];
    const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), steps.length - 1);
    const value = bytes / 1_000 ** step;
    return `${step === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${steps[step]}`;
}

/** Who says it, and for which client. */
function footer({ sender, event, audience, to }: Message): string {
    return [sender, event, ...(audience === "client" ? [to] : [])].join(" · ");
}

// Mail through an SMTP server. Grant: a `[[capabilities.mail]]` line for host and port that names the password's setting.

import * as host from "caisson:module/mail@0.1.0";

import { ask } from "./host.js";

/** An SMTP server; `passwordSetting` names the secret setting that holds the password: the host logs in with it. */
export type Server = {
    host: string;
    /** `starttls` where nothing is said; `none` goes only to addresses that the panel's operator opened. */
    security?: "starttls" | "tls" | "none";
    /** The usual one of `security` where nothing is said: 587, 465 or 25. */
    port?: number;
    username?: string;
    passwordSetting?: string;
};

/** Addresses are `jo@example.com` or `Jo <jo@example.com>`; `text`, `html` or both. */
export type Message = {
    from: string;
    to: string | string[];
    replyTo?: string;
    subject: string;
    text?: string;
    html?: string;
    attachments?: { name: string; contentType: string; bytes: Uint8Array }[];
    /** The same in every try of a task, such as `invoice-7@example.com`: a server can tell a repeat by it. */
    messageId?: string;
};

const PORTS = { starttls: 587, tls: 465, none: 25 };

/** Sends a message to every recipient or to none, and returns the server's answer. 503 asks to try again, 424 is final. */
export function send(server: Server, message: Message): string {
    const security = server.security ?? "starttls";
    const { username, passwordSetting } = server;
    const contact = { host: server.host, port: server.port ?? PORTS[security], security, username, passwordSetting };
    const { from, replyTo, subject, text, html, messageId } = message;
    const to = typeof message.to === "string" ? [message.to] : message.to;
    const attachments = (message.attachments ?? []).map(({ name, ...content }) => ({ name, content }));
    return ask("mail", () => host.send(contact, { from, to, replyTo, subject, text, html, attachments, messageId }));
}

// What a module is given and what it answers, with the contract's documents already read.

import type * as contract from "caisson:module/types@0.1.0";

import { decode } from "./text.js";
import { read, write } from "./host.js";
import { problem } from "./problem.js";

export type { Client, Method, Status } from "caisson:module/types@0.1.0";

/** An amount in the currency's smallest unit, and its ISO 4217 code. */
export type Money = { minor: number; currency: string };

/** A service as its module sees it: `P` is the product's form, `S` what was ordered and what the module stored since. */
export type Service<P = Data, S = Data> = Omit<contract.Service, "productData" | "serviceData"> & {
    productData: P;
    serviceData: S;
};

/** A JSON object. */
export type Data = Record<string, unknown>;

/** A file, or another body that is no text. */
export type Blob = contract.Blob;

/** A template of the module's own `views/`, without its extension, and what it shows. */
export type View = { template: string; data: object };

export type Body =
    | { tag: "empty" }
    | { tag: "view"; val: View }
    | { tag: "json"; val: unknown }
    | { tag: "text" | "redirect"; val: string }
    | { tag: "blob"; val: Blob };

/** A response; headers outside the host's allow-list are dropped. */
export type Response = { status: number; headers: Record<string, string>; body: Body };

/** Who is behind a request; `permissions` are this module's keys only. */
export type Actor = Omit<contract.Actor, "id"> & { id: string | null };

/** A request that reached the module through the panel. */
export type Request = {
    method: contract.Method;
    /** Path below the module's own prefix. */
    path: string;
    actor: Actor;
    /** Raw body; empty where it was a form. */
    body: Uint8Array;
    /** A parameter of the declared route, such as `uuid` in `server/{uuid}`. */
    param(name: string): string | undefined;
    query(name: string): string | undefined;
    /** A form field as it was typed. */
    form(name: string): string | undefined;
    /** The whole form; of fields that were sent twice, the first. */
    fields(): Record<string, string>;
    /** The first header of that name, whatever its case. */
    header(name: string): string | undefined;
    /** The body as text. */
    text(): string;
    /** The JSON body; 422 where it is none. */
    json<T = unknown>(): T;
    /** Whether the person behind the request holds one of this module's permissions. */
    may(permission: string): boolean;
};

/** A template, rendered in the panel's frame. */
export function view(template: string, data: object = {}): View {
    return { template, data };
}

/** 204. */
export function empty(): Response {
    return { status: 204, headers: {}, body: { tag: "empty" } };
}

/** Another status or more headers: `{ ...json(data), status: 201 }`. */
export function json(value: unknown): Response {
    return { status: 200, headers: {}, body: { tag: "json", val: value } };
}

/** Plain text. Answering a client's action, it is the message shown above the tab. */
export function text(value: string): Response {
    return { status: 200, headers: {}, body: { tag: "text", val: value } };
}

/** Bytes to download. */
export function blob(contentType: string, bytes: Uint8Array): Response {
    return { status: 200, headers: {}, body: { tag: "blob", val: { contentType, bytes } } };
}

/** 303 to a path below the module's own prefix, or to a URL of a granted host. */
export function redirect(to: string): Response {
    return { status: 303, headers: {}, body: { tag: "redirect", val: to } };
}

/** What a handler may answer: a view and a text are responses too, and nothing is the empty one. */
export type Reply = Response | View | string | void;

export function toService<P, S>(service: contract.Service): Service<P, S> {
    return {
        ...service,
        productData: read<P>("product data", service.productData),
        serviceData: read<S>("service data", service.serviceData),
    };
}

export function toMoney(money: contract.Money): Money {
    return { minor: Number(money.minor), currency: money.currency };
}

export function toRequest(request: contract.Request): Request {
    const { method, path, actor, body } = request;
    const first = (pairs: contract.Pair[], name: string) => pairs.find((pair) => pair.name === name)?.value;
    return {
        method,
        path,
        body,
        actor: { ...actor, id: actor.id ?? null },
        param: (name) => first(request.params, name),
        query: (name) => first(request.query, name),
        form: (name) => first(request.form, name),
        fields: () => Object.fromEntries(request.form.toReversed().map(({ name, value }) => [name, value])),
        header: (name) => request.headers.find((pair) => pair.name.toLowerCase() === name.toLowerCase())?.value,
        text: () => decode(body),
        json: <T>() => {
            try {
                return JSON.parse(decode(body)) as T;
            } catch (error) {
                throw problem(422, `The body is not what was expected: ${String(error)}.`);
            }
        },
        may: (permission) => actor.permissions.includes(permission),
    };
}

export function fromView({ template, data }: View): contract.View {
    return { template, data: write(data) };
}

export function fromReply(reply: Reply): contract.Response {
    if (reply === undefined) {
        return fromReply(empty());
    }
    if (typeof reply === "string") {
        return fromReply(text(reply));
    }
    if ("template" in reply) {
        return { status: 200, headers: [], body: { tag: "view", val: fromView(reply) } };
    }
    const headers = Object.entries(reply.headers).map(([name, value]) => ({ name, value }));
    return { status: reply.status, headers, body: fromBody(reply.body) };
}

function fromBody(body: Body): contract.Body {
    switch (body.tag) {
        case "view":
            return { tag: "view", val: fromView(body.val) };
        case "json":
            return { tag: "json", val: write(body.val) };
        default:
            return body;
    }
}

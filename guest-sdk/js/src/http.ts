// Calls to a provider's HTTP API. Grant: a `[[capabilities.http]]` line for the host.
//
// A guest cannot wait, so there are two levels of trying again. Inside the call, a request whose connection failed or broke off, or that
// was answered 502, 503 or 504 without a `Retry-After`, is sent again at once, `retries` times. Only requests that may be sent twice are:
// GET, HEAD, OPTIONS, PUT and DELETE, and others that carry an idempotency key or say `repeatable`. Everything else is between tries of
// the task: the problem's code tells the queue to try it again after its backoff.

import * as host from "caisson:module/http@0.1.0";
import type { Pair } from "caisson:module/types@0.1.0";

import { hostError, log, toProblem, write } from "./host.js";
import { type Response, response } from "./response.js";
import { encode } from "./text.js";
import { type Path, join, pairs, path } from "./url.js";

export type { Response } from "./response.js";
export type { Path } from "./url.js";

/**
 * A secret that the host adds to the request: `bearer`, `url` and the second word of `basic` and `header` name the secret setting, never its
 * value. In place of a setting `basic` takes a password that `crypto.encrypt` sealed, such as a server's in a table of the module's own.
 * With `url` the secret is the address itself, as of an incoming webhook, and there is no `base`.
 */
export type Credential = {
    bearer?: string;
    basic?: [user: string, setting: string | Uint8Array];
    header?: [name: string, setting: string];
    url?: string;
};

/** What all requests to one provider have in common. */
export type ClientOptions = Credential & {
    /** Where all paths begin, such as `https://api.example.com/v2`. */
    base?: string;
    headers?: Record<string, string>;
    /** Milliseconds for each exchange as a whole; the host's 30 s where nothing is said, and never past the end of the call. */
    timeout?: number;
    /** Milliseconds for getting a connection; the host's 10 s where nothing is said. */
    connectTimeout?: number;
    /** How often a request that may be sent twice is sent again at once; once where nothing is said. */
    retries?: number;
};

/** One request. */
export type RequestOptions = ClientOptions & {
    query?: Record<string, string | number | boolean | undefined>;
    /** A JSON body, and its content type. */
    json?: unknown;
    /** A form as browsers send it, and its content type. */
    form?: Record<string, string>;
    /** A body of any content type; say it in `headers`. */
    body?: string | Uint8Array;
    /**
     * `Idempotency-Key`: the provider does the work once, however often the request arrives. The same in every try of a task: a service's
     * id, not something random.
     */
    idempotencyKey?: string;
    /** Says that sending the request twice does no harm. */
    repeatable?: boolean;
};

type Send = (path: Path, options?: RequestOptions) => Response;

/** The calls of one provider. Each throws a problem where no answer came; an answer of any status is none: see {@link Response.orThrow}. */
export type Client = Record<host.Request["method"], Send>;

/** The client of one provider: `http.client({ base: config.require("settings.api_base"), bearer: "api_key" })`. */
export function client(common: ClientOptions = {}): Client {
    const method = (name: host.Request["method"]): Send => (path, options = {}) => send(name, path, merge(common, options));
    return {
        get: method("get"),
        head: method("head"),
        post: method("post"),
        put: method("put"),
        patch: method("patch"),
        delete: method("delete"),
        options: method("options"),
    };
}

const plain = client();

/** `http.get("https://api.example.com/ping").json()`, as its neighbours. */
export const get = plain.get;
export const head = plain.head;
export const post = plain.post;
export const put = plain.put;
export const patch = plain.patch;
const remove = plain.delete;
export { remove as delete };

function merge(common: ClientOptions, options: RequestOptions): RequestOptions {
    return { ...common, ...options, headers: { ...common.headers, ...options.headers } };
}

function send(method: host.Request["method"], to: Path, options: RequestOptions): Response {
    const name = `${method.toUpperCase()} ${options.url === undefined ? "" : `{${options.url}}`}${below(to, options)}`;
    const request = raw(method, to, options);
    const mayRepeat = options.repeatable || options.idempotencyKey !== undefined || !["post", "patch"].includes(method);
    for (let left = mayRepeat ? (options.retries ?? 1) : 0; ; left--) {
        try {
            const answer = response(name, host.send(request));
            const passing = [502, 503, 504].includes(answer.status) && answer.header("retry-after") === undefined;
            if (!passing || left <= 0) {
                return answer;
            }
        } catch (caught) {
            const error = hostError(caught);
            if (error === undefined) {
                throw caught;
            }
            if (!["connect", "other"].includes(error.tag) || left <= 0) {
                log("error", "http", name, error.tag);
                throw toProblem("http", error);
            }
        }
    }
}

function raw(method: host.Request["method"], to: Path, options: RequestOptions): host.Request {
    const { json, form, body, idempotencyKey } = options;
    const given: Record<string, string> = { accept: "application/json" };
    const put = (name: string, value: string) => {
        given[name.toLowerCase()] = value;
    };
    let bytes: Uint8Array = new Uint8Array();
    if (json !== undefined) {
        put("content-type", "application/json");
        bytes = encode(write(json));
    } else if (form !== undefined) {
        put("content-type", "application/x-www-form-urlencoded");
        bytes = encode(pairs(Object.entries(form)));
    } else if (body !== undefined) {
        bytes = typeof body === "string" ? encode(body) : body;
    }
    if (idempotencyKey !== undefined) {
        put("idempotency-key", idempotencyKey);
    }
    Object.entries(options.headers ?? {}).forEach(([name, value]) => put(name, value));
    const headers: Pair[] = Object.entries(given).map(([name, value]) => ({ name, value }));
    return {
        method,
        url: address(to, options),
        headers,
        body: bytes,
        credential: credential(options),
        connectTimeoutMs: options.connectTimeout,
        timeoutMs: options.timeout,
        // An API that answers a write with a redirect is not the one that was configured.
        maxRedirects: method === "get" || method === "head" ? 3 : 0,
    };
}

/** Below the base address, or below one that only the host knows. */
function below(to: Path, { base = "", url }: RequestOptions): string {
    return url === undefined ? join(base, path(to)) : join("/", path(to)).replace(/^\/$/, "");
}

function address(to: Path, options: RequestOptions): string {
    const [url, query] = [below(to, options), options.query ?? {}];
    const asked = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
    return asked.length === 0 ? url : `${url}${url.includes("?") ? "&" : "?"}${pairs(asked)}`;
}

function credential({ bearer, basic, header, url }: Credential): host.Credential {
    if (url !== undefined) {
        return { tag: "url", val: url };
    }
    if (bearer !== undefined) {
        return { tag: "bearer", val: bearer };
    }
    if (basic !== undefined) {
        const [user, password] = basic;
        return typeof password === "string"
            ? { tag: "basic", val: [user, password] }
            : { tag: "basic-sealed", val: [user, password] };
    }
    return header === undefined ? { tag: "none" } : { tag: "header", val: header };
}

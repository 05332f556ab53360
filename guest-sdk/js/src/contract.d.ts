// The host's interfaces as an engine shows them to a module: `wit/` in the words of TypeScript. Only the kit's own
// files import from here; `test/run.mjs` refuses functions that are not in `wit/`.
//
// An engine gives 64-bit integers as `number` (QuickJS) or `bigint` (SpiderMonkey): `Integer`. What is missing is null or undefined.

declare module "caisson:module/types@0.1.0" {
    export type Integer = number | bigint;
    export type Missing = null | undefined;
    export type Tagged<T extends string, V> = { tag: T; val: V };
    export type Pair = { name: string; value: string };
    export type Method = "get" | "head" | "post" | "put" | "patch" | "delete" | "options";
    export type Status = "pending" | "processing" | "completed" | "failed" | "error" | "suspended" | "pause" | "terminated";
    export type Money = { minor: Integer; currency: string };
    export type Client = { id: string; email: string; name: string; locale: string; currency: string };
    export type Service = {
        id: string;
        client: Client;
        productId: string;
        status: Status;
        productData: string;
        serviceData: string;
    };
    export type View = { template: string; data: string };
    export type Blob = { contentType: string; bytes: Uint8Array };
    export type Body =
        | { tag: "empty" }
        | Tagged<"view", View>
        | Tagged<"json", string>
        | Tagged<"text", string>
        | Tagged<"blob", Blob>
        | Tagged<"redirect", string>;
    export type Response = { status: number; headers: Pair[]; body: Body };
    export type Actor = {
        role: "anonymous" | "client" | "staff" | "system";
        id: string | Missing;
        permissions: string[];
        locale: string;
    };
    export type Request = {
        method: Method;
        path: string;
        params: Pair[];
        query: Pair[];
        form: Pair[];
        headers: Pair[];
        body: Uint8Array;
        actor: Actor;
    };
}

declare module "caisson:module/cache@0.1.0" {
    import type { Integer, Missing } from "caisson:module/types@0.1.0";
    export function get(key: string): string | Missing;
    export function set(key: string, value: string, ttlS: number, tags: string[]): void;
    export function add(key: string, value: string, ttlS: number): boolean;
    export function increment(key: string, by: Integer, ttlS: number): Integer;
    export function forget(key: string): void;
    export function flush(tag: string): void;
}

declare module "caisson:module/config@0.1.0" {
    import type { Missing } from "caisson:module/types@0.1.0";
    export function get(key: string): string | Missing;
    export function has(key: string): boolean;
}

declare module "caisson:module/crypto@0.1.0" {
    export type Algorithm = "sha1" | "sha256" | "sha384" | "sha512";
    export function encrypt(plain: Uint8Array): Uint8Array;
    export function decrypt(sealed: Uint8Array): Uint8Array;
    export function digest(algorithm: Algorithm, data: Uint8Array): Uint8Array;
    export function hmac(algorithm: Algorithm, secret: string, data: Uint8Array): Uint8Array;
    export function equal(a: Uint8Array, b: Uint8Array): boolean;
    export function random(length: number): Uint8Array;
    export function password(length: number): string;
    export function uuid(): string;
}

declare module "caisson:module/database@0.1.0" {
    import type { Integer, Missing, Tagged } from "caisson:module/types@0.1.0";
    export type Value =
        | { tag: "null" }
        | Tagged<"boolean", boolean>
        | Tagged<"integer", Integer>
        | Tagged<"real", number>
        | Tagged<"decimal" | "text" | "json" | "uuid" | "date", string>
        | Tagged<"bytes", Uint8Array>
        | Tagged<"timestamp", Integer>;
    export type ColumnType =
        | { tag: "id" | "uuid" | "text" | "integer" | "big-integer" | "boolean" | "real" | "json" }
        | { tag: "ip-address" | "date" | "timestamp" | "bytes" }
        | Tagged<"varchar", number>
        | Tagged<"decimal", [number, number]>
        | Tagged<"choice", string[]>;
    export type Column = { name: string; kind: ColumnType; nullable: boolean; default: Value | Missing; unique: boolean };
    export type ForeignKey = {
        columns: string[];
        table: string;
        references: string[];
        onDelete: "restrict" | "cascade" | "set-null";
    };
    export type Index = { columns: string[]; unique: boolean };
    export type Table = {
        name: string;
        columns: Column[];
        primaryKey: string[];
        foreignKeys: ForeignKey[];
        indexes: Index[];
    };
    export type Alteration =
        | Tagged<"add-column", Column>
        | Tagged<"drop-column", string>
        | Tagged<"rename-column", [string, string]>
        | Tagged<"add-index", Index>
        | Tagged<"drop-index", string[]>
        | Tagged<"add-foreign-key", ForeignKey>;
    export type Operator =
        | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "like" | "not-like"
        | "is-in" | "not-in" | "between" | "not-between" | "is-null" | "not-null";
    export type Predicate = { column: string; operator: Operator; operands: Value[] };
    export type Aggregate = "count" | "sum" | "min" | "max" | "avg";
    export type Projection = {
        expression: Tagged<"column", string> | Tagged<"aggregate", [Aggregate, string]>;
        alias: string | Missing;
    };
    export type Query = {
        table: string;
        columns: Projection[];
        distinct: boolean;
        joins: { kind: "inner" | "left"; table: string; left: string; right: string }[];
        where: Predicate[][];
        groupBy: string[];
        orderBy: { column: string; descending: boolean }[];
        limit: number | Missing;
        offset: Integer | Missing;
    };
    export type Rows = { columns: string[]; rows: Value[][] };
    export type Conflict = { columns: string[]; update: string[] };
    export type Assignment = Tagged<"set", Value> | Tagged<"increment", Integer>;
    export function createTable(table: Table, ifMissing: boolean): void;
    export function alterTable(name: string, alterations: Alteration[]): void;
    export function dropTable(name: string, ifExists: boolean): void;
    export function hasTable(name: string): boolean;
    export function hasColumn(table: string, column: string): boolean;
    export function select(query: Query): Rows;
    export function insert(
        table: string, columns: string[], rows: Value[][], onConflict: Conflict | Missing,
    ): { count: Integer; lastId: Integer | Missing };
    export function update(table: string, assignments: [string, Assignment][], where: Predicate[][]): Integer;
    function remove(table: string, where: Predicate[][]): Integer;
    export { remove as delete };
    export function begin(): void;
    export function commit(): void;
    export function rollback(): void;
}

declare module "caisson:module/events@0.1.0" {
    export function dispatch(name: string, payload: string): string;
}

declare module "caisson:module/http@0.1.0" {
    import type { Method, Missing, Pair, Tagged } from "caisson:module/types@0.1.0";
    export type Credential =
        | { tag: "none" }
        | Tagged<"bearer" | "url", string>
        | Tagged<"basic" | "header", [string, string]>
        | Tagged<"basic-sealed", [string, Uint8Array]>;
    export type Request = {
        method: Method;
        url: string;
        headers: Pair[];
        body: Uint8Array;
        credential: Credential;
        connectTimeoutMs: number | Missing;
        timeoutMs: number | Missing;
        maxRedirects: number;
    };
    export type Response = { status: number; headers: Pair[]; body: Uint8Array; url: string };
    export function send(request: Request): Response;
}

declare module "caisson:module/i18n@0.1.0" {
    import type { Missing } from "caisson:module/types@0.1.0";
    export function translate(key: string, args: string, locale: string | Missing): string;
}

declare module "caisson:module/log@0.1.0" {
    export type Level = "debug" | "info" | "warning" | "error";
    export function emit(level: Level, action: string, request: string, response: string): void;
}

declare module "caisson:module/mail@0.1.0" {
    import type { Blob, Missing } from "caisson:module/types@0.1.0";
    export type Server = {
        host: string;
        port: number;
        security: "starttls" | "tls" | "none";
        username: string | Missing;
        passwordSetting: string | Missing;
    };
    export type Message = {
        from: string;
        to: string[];
        replyTo: string | Missing;
        subject: string;
        text: string | Missing;
        html: string | Missing;
        attachments: { name: string; content: Blob }[];
        messageId: string | Missing;
    };
    export function send(server: Server, message: Message): string;
}

declare module "caisson:module/notifications@0.1.0" {
    import type { Tagged } from "caisson:module/types@0.1.0";
    export function notify(to: Tagged<"client" | "staff-with", string>, event: string, data: string): void;
}

declare module "caisson:module/payments@0.1.0" {
    import type { Client, Missing, Money } from "caisson:module/types@0.1.0";
    export type Invoice = {
        id: string;
        number: string;
        status: "draft" | "unpaid" | "processing" | "paid" | "cancelled" | "refunded";
        total: Money;
        due: Money;
        client: Client;
        description: string;
    };
    export type Payment = { invoice: string; transaction: string; amount: Money; fee: Money | Missing; details: string };
    export type Outcome = "recorded" | "already-recorded";
    export function getInvoice(id: string): Invoice;
    export function recordPayment(payment: Payment): Outcome;
    export function recordFailure(invoice: string, transaction: string, reason: string): Outcome;
    export function recordRefund(transaction: string, refund: string, amount: Money): Outcome;
}

declare module "caisson:module/probe@0.1.0" {
    import type { Integer } from "caisson:module/types@0.1.0";
    export function connect(host: string, port: number, timeoutMs: number): number;
    export function certificate(host: string, port: number, timeoutMs: number): Integer;
}

declare module "caisson:module/services@0.1.0" {
    import type { Missing, Service, Status } from "caisson:module/types@0.1.0";
    export function get(id: string): Service;
    export function list(status: Status | Missing, after: string | Missing): { items: Service[]; next: string | Missing };
    export function setProvisionStatus(id: string, status: Status, message: string | Missing): void;
    export function setProvisionData(id: string, data: string): void;
}

declare module "caisson:module/tasks@0.1.0" {
    import type { Missing, Status } from "caisson:module/types@0.1.0";
    export type Options = {
        queue: string | Missing;
        tags: string[];
        tries: number | Missing;
        backoffS: number | Missing;
        timeoutS: number | Missing;
        maxExceptions: number | Missing;
        delayS: number | Missing;
        uniqueKey: string | Missing;
        service: string | Missing;
        status: Status | Missing;
    };
    export function add(method: string, payload: string, options: Options): string;
    export function cancel(id: string): void;
    export function progress(percent: number, message: string): void;
    export function schedule(name: string, cron: string | Missing, method: string, payload: string): void;
}

declare module "caisson:module/validation@0.1.0" {
    import type { Missing } from "caisson:module/types@0.1.0";
    export type Rule = { field: string; rules: string; message: string | Missing };
    export function validate(data: string, rules: Rule[]): string;
}

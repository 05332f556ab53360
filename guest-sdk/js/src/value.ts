// Values of columns: as JavaScript has them, and as the contract does.

import type { Rows, Value } from "caisson:module/database@0.1.0";

import { read, write } from "./host.js";
import { integer } from "./integer.js";
import { problem } from "./problem.js";

/** An exact decimal; see {@link decimal}. */
export type Decimal = { readonly decimal: string };

/**
 * What can be stored or compared with. Text goes for UUIDs, dates and IP addresses too: the column says what it is. A `Date` is a moment,
 * other objects and arrays are documents.
 */
export type Storable = null | undefined | boolean | number | bigint | string | Date | Uint8Array | Decimal | object;

/** An exact decimal, such as `decimal("12.50")`. */
export function decimal(text: string): Decimal {
    return { decimal: text };
}

export function toValue(value: Storable): Value {
    switch (typeof value) {
        case "undefined":
            return { tag: "null" };
        case "boolean":
            return { tag: "boolean", val: value };
        case "string":
            return { tag: "text", val: value };
        case "bigint":
            return { tag: "integer", val: integer(value) };
        case "number":
            return number(value);
        default:
            return object(value);
    }
}

function number(value: number): Value {
    if (!Number.isFinite(value)) {
        throw problem(500, `${value} cannot be stored.`);
    }
    return Number.isSafeInteger(value) ? { tag: "integer", val: integer(value) } : { tag: "real", val: value };
}

function object(value: object | null): Value {
    if (value === null) {
        return { tag: "null" };
    }
    if (value instanceof Date) {
        return { tag: "timestamp", val: integer(value.getTime()) };
    }
    if (value instanceof Uint8Array) {
        return { tag: "bytes", val: value };
    }
    if ("decimal" in value && typeof value.decimal === "string" && Object.keys(value).length === 1) {
        return { tag: "decimal", val: value.decimal };
    }
    return { tag: "json", val: write(value) };
}

/** Documents as what is in them, moments as milliseconds since the Unix epoch, decimals as text. */
export function fromValue(value: Value): unknown {
    switch (value.tag) {
        case "null":
            return null;
        case "integer":
        case "timestamp":
            return Number(value.val);
        case "json":
            return read("stored document", value.val);
        default:
            return value.val;
    }
}

export function fromRows<T>({ columns, rows }: Rows): T[] {
    return rows.map((row) => Object.fromEntries(row.map((value, at) => [columns[at], fromValue(value)])) as T);
}

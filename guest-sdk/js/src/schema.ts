// Tables made and changed, most often in `activate` and `update`.

import * as host from "caisson:module/database@0.1.0";

import { ask } from "./host.js";
import { type Storable, toValue } from "./value.js";

/** What else there is to say of a column. */
export interface Column {
    nullable(): Column;
    /** For rows that are stored without it. */
    default(value: Storable): Column;
    unique(): Column;
    /**
     * Points to a column of another table of the module, or to `id` of the panel's `services`, `clients` or `invoices`. While a row points
     * to it, the other cannot be deleted, unless `onDelete` says what becomes of the row.
     */
    references(table: string, column: string, onDelete?: "restrict" | "cascade" | "set-null"): Column;
}

/** What a table is made of. What may not be null and has no default must be given with every row. */
export interface Blueprint {
    /** `id`, which counts up by itself: the primary key. */
    id(): Column;
    uuid(name: string): Column;
    /** Text of at most so many characters. */
    varchar(name: string, max: number): Column;
    text(name: string): Column;
    /** 32 bits. */
    integer(name: string): Column;
    /** 64 bits. Beyond 2^53, a number does not hold it exactly. */
    bigInteger(name: string): Column;
    boolean(name: string): Column;
    float(name: string): Column;
    /** An exact number: digits in all, at most 18, and how many of them after the point. */
    decimal(name: string, digits: number, afterPoint: number): Column;
    json(name: string): Column;
    /** One of a few words. */
    choice(name: string, words: string[]): Column;
    ipAddress(name: string): Column;
    /** `YYYY-MM-DD`. */
    date(name: string): Column;
    /** Written as a `Date`, read as milliseconds since the Unix epoch. */
    timestamp(name: string): Column;
    binary(name: string): Column;
    /** `created_at` and `updated_at`, which the module fills. */
    timestamps(): void;
    /** Instead of {@link Blueprint.id}: these columns together are the primary key. */
    primary(...columns: string[]): void;
    index(...columns: string[]): void;
    /** No two rows are alike in these columns together. */
    unique(...columns: string[]): void;
}

/** What {@link alter} does besides adding. */
export interface Changes extends Blueprint {
    dropColumn(name: string): void;
    renameColumn(from: string, to: string): void;
    dropIndex(...columns: string[]): void;
}

type Parts = Omit<host.Table, "name"> & { alterations: host.Alteration[] };

/** Makes a table, unless it is there: `activate` may run again. */
export function create(name: string, define: (table: Blueprint) => void): void {
    const { alterations: _, ...parts } = collect(define);
    ask("database", () => host.createTable({ name, ...parts }, true));
}

/** Changes a table: columns and indexes that `change` names are added. All of it or nothing. */
export function alter(name: string, change: (table: Changes) => void): void {
    const { alterations, columns, indexes, foreignKeys } = collect(change);
    const all: host.Alteration[] = [
        ...alterations,
        ...columns.map((val) => ({ tag: "add-column" as const, val })),
        ...indexes.map((val) => ({ tag: "add-index" as const, val })),
        ...foreignKeys.map((val) => ({ tag: "add-foreign-key" as const, val })),
    ];
    ask("database", () => host.alterTable(name, all));
}

/** Drops a table with what is in it, where it is there. */
export function drop(name: string): void {
    ask("database", () => host.dropTable(name, true));
}

export function hasTable(name: string): boolean {
    return ask("database", () => host.hasTable(name));
}

export function hasColumn(table: string, column: string): boolean {
    return ask("database", () => host.hasColumn(table, column));
}

function collect(define: (table: Changes) => void): Parts {
    const parts: Parts = { columns: [], primaryKey: [], foreignKeys: [], indexes: [], alterations: [] };
    const add = (name: string, kind: host.ColumnType): Column => {
        const column: host.Column = { name, kind, nullable: false, default: undefined, unique: false };
        parts.columns.push(column);
        return describe(column, parts.foreignKeys);
    };
    define({
        id: () => add("id", { tag: "id" }),
        uuid: (name) => add(name, { tag: "uuid" }),
        varchar: (name, max) => add(name, { tag: "varchar", val: max }),
        text: (name) => add(name, { tag: "text" }),
        integer: (name) => add(name, { tag: "integer" }),
        bigInteger: (name) => add(name, { tag: "big-integer" }),
        boolean: (name) => add(name, { tag: "boolean" }),
        float: (name) => add(name, { tag: "real" }),
        decimal: (name, digits, afterPoint) => add(name, { tag: "decimal", val: [digits, afterPoint] }),
        json: (name) => add(name, { tag: "json" }),
        choice: (name, words) => add(name, { tag: "choice", val: words }),
        ipAddress: (name) => add(name, { tag: "ip-address" }),
        date: (name) => add(name, { tag: "date" }),
        timestamp: (name) => add(name, { tag: "timestamp" }),
        binary: (name) => add(name, { tag: "bytes" }),
        timestamps: () => {
            add("created_at", { tag: "timestamp" }).nullable();
            add("updated_at", { tag: "timestamp" }).nullable();
        },
        primary: (...columns) => void (parts.primaryKey = columns),
        index: (...columns) => void parts.indexes.push({ columns, unique: false }),
        unique: (...columns) => void parts.indexes.push({ columns, unique: true }),
        dropColumn: (name) => void parts.alterations.push({ tag: "drop-column", val: name }),
        renameColumn: (from, to) => void parts.alterations.push({ tag: "rename-column", val: [from, to] }),
        dropIndex: (...columns) => void parts.alterations.push({ tag: "drop-index", val: columns }),
    });
    return parts;
}

function describe(column: host.Column, foreignKeys: host.ForeignKey[]): Column {
    const more: Column = {
        nullable: () => ((column.nullable = true), more),
        default: (value) => ((column.default = toValue(value)), more),
        unique: () => ((column.unique = true), more),
        references: (table, other, onDelete = "restrict") => {
            foreignKeys.push({ columns: [column.name], table, references: [other], onDelete });
            return more;
        },
    };
    return more;
}

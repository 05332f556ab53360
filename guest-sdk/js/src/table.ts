// Questions to the module's own tables and changes of them, step by step. Grant: `[capabilities.database]` with the tables' names.

import * as host from "caisson:module/database@0.1.0";

import { ask } from "./host.js";
import { integer } from "./integer.js";
import { problem } from "./problem.js";
import { type Storable, fromRows, fromValue, toValue } from "./value.js";

const OPERATORS = {
    "=": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    like: "like",
    "not like": "not-like",
} as const;

/** How a column is compared; `like` takes `%` and `_`. */
export type Comparison = keyof typeof OPERATORS;

/** Conditions of which one is enough; see {@link Table.anyOf}. */
export type Any = Conditions<Any>;

interface Conditions<Self> {
    /** The column equals the value; null asks for null. */
    filter(column: string, value: Storable): Self;
    /** The column compared in another way: `filter("load", "<", 90)`. */
    filter(column: string, comparison: Comparison, value: Storable): Self;
    filterIn(column: string, values: readonly Storable[]): Self;
    filterNotIn(column: string, values: readonly Storable[]): Self;
    /** Both ends included. */
    filterBetween(column: string, least: Storable, most: Storable): Self;
    filterNull(column: string): Self;
    filterNotNull(column: string): Self;
}

function conditions<Self>(add: (predicate: host.Predicate) => Self): Conditions<Self> {
    const put = (column: string, operator: host.Operator, ...operands: Storable[]) =>
        add({ column, operator, operands: operands.map(toValue) });
    return {
        filter(column: string, ...rest: [Storable] | [Comparison, Storable]) {
            const [comparison, value] = rest.length === 2 ? rest : (["=", rest[0]] as const);
            const isNull = value === null || value === undefined;
            return comparison === "=" && isNull ? put(column, "is-null") : put(column, OPERATORS[comparison], value);
        },
        filterIn: (column, values) => put(column, "is-in", ...values),
        filterNotIn: (column, values) => put(column, "not-in", ...values),
        filterBetween: (column, least, most) => put(column, "between", least, most),
        filterNull: (column) => put(column, "is-null"),
        filterNotNull: (column) => put(column, "not-null"),
    };
}

/** A statement in the making: each step gives a new one, and nothing happens before `get`, `insert` or another that ends it. */
export interface Table<Row> extends Conditions<Table<Row>> {
    /** One of several conditions must hold: `anyOf((any) => any.filter("a", 1).filter("b", 2))`. */
    anyOf(conditions: (any: Any) => Any): Table<Row>;
    /** Only these columns, each `name`, `table.name` or `name as other`; all of the table's where none is named. */
    columns<T = Row>(...columns: string[]): Table<T>;
    /** A sum, count, least, greatest or average beside the columns, called `alias`. */
    aggregate<T = Row>(kind: host.Aggregate, column: string, alias: string): Table<T>;
    distinct(): Table<Row>;
    /** With the rows of `table` for which `left` equals `right`, both `table.column`. */
    join<T = Row>(table: string, left: string, right: string): Table<T>;
    /** As {@link join}, with nulls where `table` has no such row. */
    leftJoin<T = Row>(table: string, left: string, right: string): Table<T>;
    groupBy(...columns: string[]): Table<Row>;
    orderBy(column: string, direction?: "asc" | "desc"): Table<Row>;
    limit(rows: number): Table<Row>;
    offset(rows: number): Table<Row>;

    get<T = Row>(): T[];
    /** The first row, or undefined. */
    first<T = Row>(): T | undefined;
    /** The row that must be there; 404 where it is not. */
    one<T = Row>(): T;
    /** The row with this `id`, or undefined. */
    find<T = Row>(id: Storable): T | undefined;
    /** One column of the first row, or undefined. */
    value<T = unknown>(column: string): T | undefined;
    /** One column of every row. */
    pluck<T = unknown>(column: string): T[];
    exists(): boolean;
    count(): number;
    /** Null where there are no rows, as from its neighbours. */
    sum<T = number>(column: string): T | null;
    min<T = number>(column: string): T | null;
    max<T = number>(column: string): T | null;
    avg(column: string): number | null;
    /**
     * Gives `work` the rows `size` at a time, in the order of `key`, a column without two alike such as `id`, until it answers false or
     * there are no more. Rows may be changed and deleted meanwhile: none is skipped for it.
     */
    chunk<T = Row>(key: string, size: number, work: (rows: T[]) => boolean | void): void;

    /** Stores a row; the number of it, where the table counts up. 409 where a row with the same key is there. */
    insert(row: Partial<Row>): number | undefined;
    /** Stores many rows of the same fields: all or none. */
    insertMany(rows: readonly Partial<Row>[]): void;
    /** Stores a row, or overwrites the one alike in `key`, which a unique index or the primary key is over. */
    upsert(row: Partial<Row>, key: string[]): void;
    /** Stores a row unless one that is alike in `key` is there. */
    insertOrIgnore(row: Partial<Row>, key: string[]): void;
    /** Sets fields in every row that the conditions leave; how many. */
    update(fields: Partial<Row>): number;
    /** Adds to a number where it stands, so that two who do it at once both count. */
    increment(column: string, by?: number): number;
    /** Deletes every row that the conditions leave; how many. */
    delete(): number;
}

/** Begins a statement on a table; `Row` is what its rows look like. */
export function table<Row extends object = Record<string, Storable>>(name: string): Table<Row> {
    return statement<Row>({
        table: name,
        columns: [],
        distinct: false,
        joins: [],
        where: [],
        groupBy: [],
        orderBy: [],
        limit: undefined,
        offset: undefined,
    });
}

/** The fields of a row that are there: undefined is left out, null is null. */
function fields(row: object): [string, Storable][] {
    return Object.entries(row).filter(([, value]) => value !== undefined);
}

function statement<Row>(query: host.Query): Table<Row> {
    const name = query.table;
    const next = <T = Row>(more: Partial<host.Query>) => statement<T>({ ...query, ...more });
    const select = (more: Partial<host.Query> = {}) => ask("database", () => host.select({ ...query, ...more }));
    const projected = (column: string): host.Projection => {
        const [, from = column, alias] = /^(\S+) as (\S+)$/.exec(column) ?? [];
        return { expression: { tag: "column", val: from }, alias };
    };
    const joined = <T>(kind: "inner" | "left", table: string, left: string, right: string) =>
        next<T>({ joins: [...query.joins, { kind, table, left, right }] });
    const aggregated = (kind: host.Aggregate, column: string, alias: string): host.Projection => ({
        expression: { tag: "aggregate", val: [kind, column] },
        alias,
    });
    const single = <T>(kind: host.Aggregate, column: string): T | null => {
        const value = select({ columns: [aggregated(kind, column, "answer")], orderBy: [] }).rows[0]?.[0];
        return value === undefined ? null : (fromValue(value) as T | null);
    };
    const store = (rows: readonly object[], conflict?: host.Conflict) => {
        const columns = fields(rows[0] ?? {}).map(([column]) => column);
        const values = rows.map((row) => columns.map((column) => toValue((row as Record<string, Storable>)[column])));
        return ask("database", () => host.insert(name, columns, values, conflict));
    };
    const change = (assignments: [string, host.Assignment][]) =>
        Number(ask("database", () => host.update(name, assignments, query.where)));

    return {
        ...conditions((predicate) => next({ where: [...query.where, [predicate]] })),
        anyOf: (build) => {
            const any: host.Predicate[] = [];
            const collector: Any = conditions((predicate) => (any.push(predicate), collector));
            build(collector);
            return next({ where: [...query.where, any] });
        },
        columns: <T>(...columns: string[]) => next<T>({ columns: [...query.columns, ...columns.map(projected)] }),
        aggregate: <T>(kind: host.Aggregate, column: string, alias: string) =>
            next<T>({ columns: [...query.columns, aggregated(kind, column, alias)] }),
        distinct: () => next({ distinct: true }),
        join: <T>(table: string, left: string, right: string) => joined<T>("inner", table, left, right),
        leftJoin: <T>(table: string, left: string, right: string) => joined<T>("left", table, left, right),
        groupBy: (...columns) => next({ groupBy: [...query.groupBy, ...columns] }),
        orderBy: (column, direction = "asc") =>
            next({ orderBy: [...query.orderBy, { column, descending: direction === "desc" }] }),
        limit: (limit) => next({ limit }),
        offset: (offset) => next({ offset: integer(offset) }),

        get: <T>() => fromRows<T>(select()),
        first: <T>() => fromRows<T>(select({ limit: 1 }))[0],
        one<T>() {
            const row = fromRows<T>(select({ limit: 1 }))[0];
            if (row === undefined) {
                throw problem(404, `There is no such row in '${name}'.`);
            }
            return row;
        },
        find(id) {
            return this.filter("id", id).first();
        },
        value<T>(column: string) {
            return this.limit(1).pluck<T>(column)[0];
        },
        pluck: <T>(column: string) =>
            select({ columns: [projected(column)] }).rows.flatMap(([value]) => (value ? [fromValue(value) as T] : [])),
        exists: () => (single<number>("count", "*") ?? 0) > 0,
        count: () => single<number>("count", "*") ?? 0,
        sum: (column) => single("sum", column),
        min: (column) => single("min", column),
        max: (column) => single("max", column),
        avg: (column) => single("avg", column),
        chunk: <T>(key: string, size: number, work: (rows: T[]) => boolean | void) => {
            let where = query.where;
            const orderBy = [...query.orderBy, { column: key, descending: false }];
            for (;;) {
                const page = select({ where, orderBy, limit: size });
                const full = page.rows.length === size;
                const last = page.rows.at(-1)?.[page.columns.indexOf(key)];
                if (page.rows.length === 0 || work(fromRows<T>(page)) === false || !full) {
                    return;
                }
                if (last === undefined) {
                    throw problem(500, `A chunked query needs its key '${key}' among its columns.`);
                }
                where = [...query.where, [{ column: key, operator: "gt", operands: [last] }]];
            }
        },

        insert: (row) => {
            const { lastId } = store([row]);
            return lastId === undefined || lastId === null ? undefined : Number(lastId);
        },
        insertMany: (rows) => {
            if (rows.length > 0) {
                store(rows);
            }
        },
        upsert: (row, key) => {
            const update = fields(row).flatMap(([column]) => (key.includes(column) ? [] : [column]));
            store([row], { columns: key, update });
        },
        insertOrIgnore: (row, key) => void store([row], { columns: key, update: [] }),
        update: (row) => change(fields(row).map(([column, value]) => [column, { tag: "set", val: toValue(value) }])),
        increment: (column, by = 1) => change([[column, { tag: "increment", val: integer(by) }]]),
        delete: () => Number(ask("database", () => host.delete(name, query.where))),
    };
}

/**
 * Runs `work` as one transaction: kept where it returns, undone where it throws. While it is open, nobody else may write on a panel that
 * runs on SQLite: do not compute long in it; HTTP is refused.
 */
export function transaction<T>(work: () => T): T {
    ask("database", () => host.begin());
    let done: T;
    try {
        done = work();
    } catch (problem) {
        try {
            host.rollback();
        } catch {
            // The first problem is the one to tell.
        }
        throw problem;
    }
    ask("database", () => host.commit());
    return done;
}

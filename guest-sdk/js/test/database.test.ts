import assert from "node:assert/strict";
import { test } from "node:test";

import { isProblem } from "../src/problem.js";
import { alter, create } from "../src/schema.js";
import { table, transaction } from "../src/table.js";
import { decimal, fromValue, toValue } from "../src/value.js";
import { install, only, refuse } from "./host.js";

test("values are what they look like", () => {
    const bytes = new Uint8Array([1]);
    assert.deepEqual(
        [null, true, 5, -1.5, 7n, "a", new Date(9), bytes, decimal("1.50"), [1], { a: 1 }].map(toValue),
        [
            { tag: "null" },
            { tag: "boolean", val: true },
            { tag: "integer", val: 5 },
            { tag: "real", val: -1.5 },
            { tag: "integer", val: 7 },
            { tag: "text", val: "a" },
            { tag: "timestamp", val: 9 },
            { tag: "bytes", val: bytes },
            { tag: "decimal", val: "1.50" },
            { tag: "json", val: "[1]" },
            { tag: "json", val: '{"a":1}' },
        ],
    );
    assert.deepEqual(fromValue({ tag: "json", val: '{"a":1}' }), { a: 1 });
    assert.throws(() => toValue(NaN), (caught) => isProblem(caught, 500));
});

test("a query is built step by step, and each step leaves the one before as it was", () => {
    const calls = install({ database: { select: () => ({ columns: ["n"], rows: [[{ tag: "integer", val: 3n }]] }) } });
    const all = table<{ n: number }>("servers");
    const found = all
        .filter("load", "<", 90)
        .filter("note", null)
        .anyOf((any) => any.filter("a", 1).filterIn("b", [2, 3]))
        .columns("name as n")
        .leftJoin("hosts", "servers.host", "hosts.id")
        .orderBy("n", "desc")
        .limit(5)
        .first();
    assert.deepEqual(found, { n: 3 });
    const [query] = only(calls, "database.select");
    assert.deepEqual(query.where, [
        [{ column: "load", operator: "lt", operands: [{ tag: "integer", val: 90 }] }],
        [{ column: "note", operator: "is-null", operands: [] }],
        [
            { column: "a", operator: "eq", operands: [{ tag: "integer", val: 1 }] },
            { column: "b", operator: "is-in", operands: [{ tag: "integer", val: 2 }, { tag: "integer", val: 3 }] },
        ],
    ]);
    assert.deepEqual(query.columns, [{ expression: { tag: "column", val: "name" }, alias: "n" }]);
    assert.deepEqual([query.limit, query.orderBy], [1, [{ column: "n", descending: true }]]);
    assert.equal(all.count(), 3);
    assert.deepEqual(calls.at(-1)?.[1].where, []);
});

test("chunks go on after the last key, and end with the rows", () => {
    const rows = [1, 2, 3].map((id) => [{ tag: "integer", val: id }]);
    const calls = install({
        database: {
            select: ({ where, limit }: any) => {
                const after = where[0]?.[0].operands[0].val ?? 0;
                return { columns: ["id"], rows: rows.filter(([id]) => (id as { val: number }).val > after).slice(0, limit) };
            },
        },
    });
    const seen: number[][] = [];
    table<{ id: number }>("t").chunk("id", 2, (rows) => void seen.push(rows.map((row) => row.id)));
    assert.deepEqual(seen, [[1, 2], [3]]);
    assert.equal(calls.length, 2);
});

test("an upsert overwrites what is no key, and leaves out what is undefined", () => {
    const calls = install({ database: { insert: () => ({ count: 1 }) } });
    table("t").upsert({ key: "a", n: 1, none: undefined, nothing: null }, ["key"]);
    const [name, columns, rows, conflict] = only(calls, "database.insert");
    assert.deepEqual([name, columns], ["t", ["key", "n", "nothing"]]);
    assert.deepEqual(rows, [[{ tag: "text", val: "a" }, { tag: "integer", val: 1 }, { tag: "null" }]]);
    assert.deepEqual(conflict, { columns: ["key"], update: ["n", "nothing"] });
});

test("a transaction is kept or undone, and the first problem is the one told", () => {
    const calls = install({ database: { rollback: () => refuse("other", "gone") } });
    assert.equal(transaction(() => 7), 7);
    assert.throws(() => transaction(() => { throw new Error("first"); }), /first/);
    assert.deepEqual(calls.map(([name]) => name), ["database.begin", "database.commit", "database.begin", "database.rollback"]);
});

test("what the database refuses is told without its cause", () => {
    install({ database: { insert: () => refuse("violated", ["unique", "t.key"]) } });
    assert.throws(() => table("t").insert({ a: 1 }), (caught) => isProblem(caught, 409) && !caught.message.includes("t.key"));
});

test("tables are described and changed", () => {
    const calls = install();
    create("t", (t) => {
        t.id();
        t.uuid("service").unique().references("services", "id", "cascade");
        t.decimal("price", 10, 2).default(decimal("0.00"));
        t.index("service", "price");
    });
    const [made, ifMissing] = only(calls, "database.createTable");
    assert.equal(ifMissing, true);
    assert.deepEqual(made.foreignKeys, [
        { columns: ["service"], table: "services", references: ["id"], onDelete: "cascade" },
    ]);
    assert.deepEqual(made.columns[2].default, { tag: "decimal", val: "0.00" });
    alter("t", (t) => {
        t.dropColumn("price");
        t.text("note").nullable();
    });
    assert.deepEqual(only(calls, "database.alterTable")[1].map(({ tag }: any) => tag), ["drop-column", "add-column"]);
});

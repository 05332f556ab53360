import assert from "node:assert/strict";
import { test } from "node:test";

import { base64, decode, encode, fromBase64, hex } from "../src/text.js";
import { join, pairs, path } from "../src/url.js";

test("text is UTF-8 both ways", () => {
    for (const text of ["", "plain", "zażółć", "日本語 😀", "x".repeat(20_000), "é".repeat(9_000)]) {
        assert.deepEqual(encode(text), new Uint8Array(Buffer.from(text)));
        assert.equal(decode(encode(text)), text);
    }
});

test("halves and rubbish are replaced, and nothing else is", () => {
    assert.equal(decode(encode("a\ud800b")), "a\ufffdb");
    assert.equal(decode(new Uint8Array([0x61, 0xff, 0xc3, 0xa9, 0xe2, 0x82])), "a\ufffdé\ufffd\ufffd");
});

test("base64 and hex are those of everybody else", () => {
    for (const text of ["", "f", "fo", "foo", "foob", "\u0000ÿ"]) {
        const bytes = encode(text);
        assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
        assert.equal(hex(bytes), Buffer.from(bytes).toString("hex"));
        assert.deepEqual(fromBase64(base64(bytes)), bytes);
    }
    assert.equal(fromBase64("a"), undefined);
    assert.equal(fromBase64("??=="), undefined);
});

test("segments cannot climb", () => {
    assert.equal(path(["v1", "accounts", "../x?y#z"]), "v1/accounts/..%2Fx%3Fy%23z");
    assert.equal(path(["accounts", ".."]), "accounts/%252E%252E");
    assert.equal(path("v1/ping"), "v1/ping");
});

test("base and path meet in one slash, and pairs are encoded on both sides", () => {
    for (const [base, end] of [["http://a/b", "c"], ["http://a/b/", "/c"], ["http://a/b", "/c"]] as const) {
        assert.equal(join(base, end), "http://a/b/c");
    }
    assert.equal(join("http://a/", ""), "http://a");
    assert.equal(pairs([["a b", "1&2"], ["c", "ü'"]]), "a%20b=1%262&c=%C3%BC%27");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { client, get } from "../src/http.js";
import { type Problem, isProblem } from "../src/problem.js";
import { install, only, refuse } from "./host.js";

function answer(status: number, body = "{}", headers: { name: string; value: string }[] = []) {
    return { status, headers, body: new Uint8Array(Buffer.from(body)), url: "https://api.example.com/" };
}

function thrown(work: () => unknown): Problem {
    try {
        work();
    } catch (caught) {
        assert.ok(isProblem(caught), String(caught));
        return caught;
    }
    throw new Error("nothing was thrown");
}

test("requests carry what was asked", () => {
    const calls = install({ http: { send: () => answer(200) } });
    const api = client({ base: "https://api.example.com/v2/", bearer: "api_key", timeout: 5_000, headers: { Accept: "text/plain" } });
    assert.equal(api.post(["a", "b c"], { query: { page: 2, none: undefined }, json: [1] }).ok, true);
    const [request] = only(calls, "http.send");
    assert.equal(request.url, "https://api.example.com/v2/a/b%20c?page=2");
    assert.equal(Buffer.from(request.body).toString(), "[1]");
    assert.deepEqual(request.credential, { tag: "bearer", val: "api_key" });
    assert.deepEqual([request.timeoutMs, request.maxRedirects, request.method], [5_000, 0, "post"]);
    assert.deepEqual(request.headers, [
        { name: "accept", value: "text/plain" },
        { name: "content-type", value: "application/json" },
    ]);
});

test("a secret address is named, and what follows it is said", () => {
    const calls = install({ http: { send: () => answer(200) } });
    const api = client({ url: "webhook_url" });
    api.post("", { json: {} });
    api.post("topics", { query: { wait: true } });
    api.post("/topics");
    assert.deepEqual(
        calls.filter(([name]) => name === "http.send").map(([, { url, credential }]: any) => [url, credential]),
        ["", "/topics?wait=true", "/topics"].map((url) => [url, { tag: "url", val: "webhook_url" }]),
    );
});

test("what may be sent twice is, once, and only where that may help", () => {
    const sent = (reply: () => unknown, work: () => unknown): number => {
        const calls = install({ http: { send: reply } });
        try {
            work();
        } catch (caught) {
            assert.ok(isProblem(caught));
        }
        return calls.filter(([name]) => name === "http.send").length;
    };
    const api = client({ base: "https://a" });
    const broken = () => refuse("connect", "refused");
    assert.equal(sent(broken, () => api.get("x")), 2);
    assert.equal(sent(broken, () => api.post("x")), 1);
    assert.equal(sent(broken, () => api.post("x", { idempotencyKey: "k" })), 2);
    assert.equal(sent(broken, () => api.patch("x", { repeatable: true, retries: 3 })), 4);
    assert.equal(sent(() => refuse("timeout"), () => api.get("x")), 1);
    assert.equal(sent(() => answer(503), () => api.put("x")), 2);
    assert.equal(sent(() => answer(503, "", [{ name: "Retry-After", value: "9" }]), () => api.put("x")), 1);
    assert.equal(sent(() => answer(500), () => api.get("x")), 1);
});

test("no answer is a problem whose cause only the log has", () => {
    const calls = install({ http: { send: () => refuse("tls", "bad certificate 0x7f") } });
    const problem = thrown(() => get("https://a/ping"));
    assert.deepEqual([problem.code, problem.message], [502, "No secure connection to the provider could be made."]);
    assert.ok(calls.some(([name, , , , cause]) => name === "log.emit" && cause.includes("0x7f")));
});

test("refusals keep the provider's sentence and failures do not", () => {
    const cases: [number, string, number, string][] = [
        [401, "{}", 424, "The provider refused the module's credentials."],
        [409, '{"error":"Domain already\\nexists"}', 409, "The provider refused: Domain already exists"],
        [422, '{"error":{"message":"no such plan"}}', 422, "The provider refused: no such plan"],
        [404, "<html>", 404, "The provider does not know it."],
        [429, "", 429, "The provider asks for a pause."],
        [500, '{"error":"at Db.java:12"}', 503, "The provider has a failure of its own."],
        [302, "", 502, "The provider answered something that the module does not understand."],
    ];
    for (const [status, body, code, message] of cases) {
        install({ http: { send: () => answer(status, body) } });
        const problem = thrown(() => get("https://a").orThrow());
        assert.deepEqual([problem.code, problem.message], [code, message]);
    }
    install({ http: { send: () => answer(200, "<html>") } });
    assert.equal(thrown(() => get("https://a").json()).code, 502);
});

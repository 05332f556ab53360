import assert from "node:assert/strict";
import { test } from "node:test";

import { exports as productExports } from "../src/adapter/product.js";
import { type ProductParts, payment, product } from "../src/module.js";
import { isProblem, problem } from "../src/problem.js";
import * as services from "../src/services.js";
import { type Call, install, only, refuse } from "./host.js";

const client = { id: "c", email: "jo@example.com", name: "Jo", locale: "en", currency: "EUR" };

/** Each service is its own: which statuses were set is remembered for the length of a call, and here for all tests. */
let next = 0;
const service = (status = "completed") => ({
    id: `s${next++}`,
    client,
    productId: "p",
    status,
    productData: '{"plan":"a"}',
    serviceData: "{}",
});

function enter(parts: Partial<ProductParts>) {
    const all = productExports(product({ create() {}, terminate() {}, ...parts }));
    return (name: string, key: string, ...args: unknown[]): any => all[name]?.[key]?.(...args);
}

const statuses = (calls: Call[]) => calls.filter(([name]) => name === "services.setProvisionStatus").map(([, , status]) => status);

test("a verb is queued once, for its service", () => {
    const calls = install();
    const one = service("suspended");
    enter({ tune: (_, options) => ({ ...options, tries: 9 }) })("product", "changePackage", one, '{"plan":"b"}');
    const [method, payload, options] = only(calls, "tasks.add");
    assert.deepEqual([method, JSON.parse(payload)], ["change-package", { previous: { plan: "b" }, suspended: true }]);
    assert.deepEqual([options.uniqueKey, options.status, options.tries], [`change-package:${one.id}`, "processing", 9]);
});

test("a verb's job sets the status it leads to, unless the module did", () => {
    const job = (method: string, payload: unknown = null) => ({ id: "j", method, payload: JSON.stringify(payload), attempt: 1, service: service() });
    const run = enter({
        suspend() {},
        unsuspend: ({ id }) => services.setStatus(id, "error", "by hand"),
        changePackage() {},
    });
    const cases: [ReturnType<typeof job>, string][] = [
        [job("create"), "completed"],
        [job("suspend"), "suspended"],
        [job("unsuspend"), "error"],
        [job("terminate"), "terminated"],
        [job("change-package", { previous: {}, suspended: true }), "suspended"],
        [job("change-package", { previous: {}, suspended: false }), "completed"],
    ];
    for (const [one, status] of cases) {
        const calls = install();
        assert.equal(run("jobs", "run", one), "{}");
        assert.deepEqual(statuses(calls), [status], one.method);
    }
});

test("what a module cannot do is told, and sets no status", () => {
    const calls = install();
    const job = { id: "j", method: "suspend", payload: "null", attempt: 1, service: service() };
    assert.throws(() => enter({})("jobs", "run", job), (caught) => isProblem(caught, 405));
    assert.throws(() => enter({})("jobs", "run", { ...job, service: undefined }), (caught) => isProblem(caught, 400));
    assert.throws(() => enter({})("jobs", "run", { ...job, method: "toString" }), (caught) => isProblem(caught, 404));
    assert.deepEqual(statuses(calls), []);
});

test("forms keep what the module does not know", () => {
    install();
    const run = enter({
        product: { defaults: { plan: "a", size: 1 } },
        service: { save: (order) => ({ name: String(order["name"]).trim() }), get: ({ name }) => ({ name: `Mr ${name}` }) },
    });
    assert.equal(run("product", "getProductData", '{"size":7,"other":true}'), '{"plan":"a","size":7,"other":true}');
    assert.equal(run("product", "getServiceData", '{"name":"a","other":true}'), '{"name":"Mr a","other":true}');
    assert.equal(run("product", "saveServiceData", '{"name":" a ","other":1}'), '{"name":"a","other":1}');
    assert.equal(run("product", "saveProductData", '{"plan":"x"}'), '{"plan":"x"}');
});

test("a mistake of the module's is logged and ends the call, a problem does neither", () => {
    const crash = enter({ tabs: { broken: () => { throw new TypeError("no such thing"); } } });
    const calls = install();
    const request = { method: "get", path: "", params: [], query: [], form: [], headers: [], body: new Uint8Array(), actor: {} };
    assert.throws(() => crash("clientArea", "variables", "broken", service(), request), TypeError);
    const [level, action, , said] = only(calls, "log.emit");
    assert.deepEqual([level, action], ["error", "exception"]);
    assert.match(said, /no such thing/);
    const refused = enter({ actions: { go: () => { throw problem(409, "Not now.", { day: "Sunday" }); } } });
    const quiet = install();
    assert.throws(() => refused("product", "runAction", "go", service()), (caught) => {
        assert.ok(isProblem(caught));
        assert.deepEqual(caught.payload, { code: 409, message: "Not now.", errors: [{ field: "day", message: "Sunday" }] });
        return true;
    });
    assert.deepEqual(quiet, []);
});

test("functions answer at once", () => {
    install();
    const run = enter({ actions: { later: (async () => "x") as unknown as () => string } });
    assert.throws(() => run("product", "runAction", "later", service()), /asynchronous/);
});

test("a module of another type than its manifest says is refused", () => {
    const other = payment({ checkout: () => ({ template: "", data: {} }), webhook() {}, returned() {} });
    assert.throws(() => productExports(other), /type = "product", and the module exports a payment/);
});

test("a denial names the grant", () => {
    install({ services: { get: () => refuse("denied", { grant: "services", reason: "not approved." }) } });
    assert.throws(() => services.get("s"), (caught) => isProblem(caught, 403) && caught.message === "The grant 'services' is missing: not approved.");
});

test("chance is the host's, in every call anew", () => {
    let asked = 0;
    install({ crypto: { random: (length: number) => new Uint8Array(length).fill(asked++ === 0 ? 0 : 255) } });
    const seen: number[] = [];
    const run = enter({ actions: { roll: () => void seen.push(Math.random()) } });
    run("product", "runAction", "roll", service());
    run("product", "runAction", "roll", service());
    assert.deepEqual(seen, [0, 1 - 2 ** -53]);
});

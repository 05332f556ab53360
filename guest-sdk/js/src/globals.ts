// What authors expect of any JavaScript, and engines in a component have not, or have frozen.

import * as crypto from "caisson:module/crypto@0.1.0";

import { log } from "./host.js";

/**
 * Runs at the start of every call. An engine is started when the module is built, and every call begins with a copy of it: so would
 * `Math.random` begin with the same number in each.
 */
export function prepare(): void {
    let left: Uint8Array | undefined;
    let at = 0;
    Math.random = () => {
        if (left === undefined || at + 7 > left.length) {
            left = crypto.random(448);
            at = 0;
        }
        // 53 bits: what a number between 0 and 1 has.
        let value = (left[at++] ?? 0) & 31;
        for (let byte = 0; byte < 6; byte++) {
            value = value * 256 + (left[at++] ?? 0);
        }
        return value / 2 ** 53;
    };
    const printer = (level: "debug" | "info" | "warning" | "error") => (...values: unknown[]) =>
        log(level, "console", values.length === 1 ? values[0] : values, null);
    const console = {
        debug: printer("debug"),
        log: printer("info"),
        info: printer("info"),
        warn: printer("warning"),
        error: printer("error"),
    };
    Object.defineProperty(globalThis, "console", { value: console, configurable: true, writable: true });
}

// What the module was configured with: keys of the manifest's `[config]`, and settings under `settings.<key>`.

import * as host from "caisson:module/config@0.1.0";

import { read } from "./host.js";
import { problem } from "./problem.js";

/**
 * The value of a key; undefined where nothing is set. Secret settings always answer undefined: their values stay with the host, which
 * puts them into requests for you (`http.client({ bearer: "api_key" })`).
 */
export function get<T = string>(key: string): T | undefined {
    const text = host.get(key);
    return text === null || text === undefined ? undefined : read<T>(`configuration of '${key}'`, text);
}

/** The value of a key that the module cannot do without; 424 that names the key where nothing is set. */
export function require<T = string>(key: string): T {
    const value = get<T | null>(key);
    if (value === undefined || value === null) {
        throw problem(424, `The setting '${key.replace(/^settings\./, "")}' of this module is missing.`);
    }
    return value;
}

/** Whether a value is set, secret or not. */
export function has(key: string): boolean {
    return host.has(key);
}

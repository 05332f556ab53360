// Short-lived values of this module, shared between its calls. Grant: `cache = true`.

import * as host from "caisson:module/cache@0.1.0";

import { ask, read, write } from "./host.js";
import { integer } from "./integer.js";

/** The value of a key, or undefined. */
export function get<T = unknown>(key: string): T | undefined {
    const text = ask("cache", () => host.get(key));
    return text === null || text === undefined ? undefined : read<T>(`cached value of '${key}'`, text);
}

/** Keeps a value for so many seconds; `tags` let {@link flush} forget it earlier. */
export function set(key: string, value: unknown, seconds: number, tags: string[] = []): void {
    ask("cache", () => host.set(key, write(value), seconds, tags));
}

/** The value of `key`; where there is none, what `make` gives, kept for so many seconds. */
export function remember<T>(key: string, seconds: number, make: () => T): T {
    const kept = get<T>(key);
    if (kept !== undefined) {
        return kept;
    }
    const made = make();
    set(key, made, seconds);
    return made;
}

/** Keeps a value only where the key has none; false where it has. */
export function add(key: string, value: unknown, seconds: number): boolean {
    return ask("cache", () => host.add(key, write(value), seconds));
}

/** Adds to a counter and returns it. A missing key counts from 0 and is kept for so many seconds; one that is there keeps its time. */
export function increment(key: string, by: number, seconds: number): number {
    return Number(ask("cache", () => host.increment(key, integer(by), seconds)));
}

export function forget(key: string): void {
    ask("cache", () => host.forget(key));
}

/** Forgets everything that was set with the tag. */
export function flush(tag: string): void {
    ask("cache", () => host.flush(tag));
}

// Lists of the backend: names, or objects with a name, by themselves or under a key.

import { problem } from "@caisson/sdk";

export function names(found: unknown, key: string, member: string): string[] {
    const list = isObject(found) ? (found[key] ?? []) : (found ?? []);
    if (!Array.isArray(list)) {
        throw problem(502, "The provider answered something that the module does not understand.");
    }
    return list.map((one: unknown) => (isObject(one) ? one[member] : one)).filter((one) => typeof one === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

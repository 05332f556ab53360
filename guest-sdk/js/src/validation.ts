// Checks input against Laravel-style rules that the panel judges, with messages in the reader's language. Needs no grant.

import * as host from "caisson:module/validation@0.1.0";

import { ask, hostError, read, write } from "./host.js";
import { type FieldError, Problem } from "./problem.js";

/** Rules as in `required|string|max:255`; with a message of its own, which replaces the panel's words. */
export type Rules = Record<string, string | { rules: string; message: string }>;

/**
 * The fields of `data` that `rules` name; 422 with an error for each field that was rejected. Fields are dotted, with `*` for each item of
 * a list: `validate(form, { "items.*.name": "required|max:64" })`. `wit/validation.wit` lists the rules.
 */
export function validate<T = Record<string, unknown>>(data: object, rules: Rules): T {
    const list = Object.entries(rules).map(([field, rule]) =>
        typeof rule === "string" ? { field, rules: rule, message: undefined } : { field, ...rule },
    );
    const checked = ask("validation", () => {
        try {
            return host.validate(write(data), list);
        } catch (caught) {
            const error = hostError(caught);
            if (error?.tag === "rejected") {
                throw new Problem(422, "Some fields need another look.", error.val as FieldError[]);
            }
            throw caught;
        }
    });
    return read<T>("validated form", checked);
}

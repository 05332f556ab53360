// The module's own strings, from `lang/*.ftl`.

import * as host from "caisson:module/i18n@0.1.0";

import { write } from "./host.js";

/**
 * The message `key` in `locale`, or in the language of whoever the call is for; English, then the key itself, where there is none.
 */
export function translate(key: string, args: Record<string, string | number> = {}, locale?: string): string {
    return host.translate(key, write(args), locale);
}

// The module's log, shown in the panel. The host redacts secrets before it stores an entry.

import { log } from "./host.js";

/** What was done, what was asked, what came back: one entry. */
type Entry = (action: string, request?: unknown, response?: unknown) => void;

/** For whoever looks closely. */
export const debug: Entry = (action, request = null, response = null) => log("debug", action, request, response);
/** Something was done. */
export const info: Entry = (action, request = null, response = null) => log("info", action, request, response);
/** Something is odd, and the module went on. */
export const warning: Entry = (action, request = null, response = null) => log("warning", action, request, response);
/** Something failed. */
export const error: Entry = (action, request = null, response = null) => log("error", action, request, response);

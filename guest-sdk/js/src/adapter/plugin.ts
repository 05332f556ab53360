import type { Module } from "../module.js";
import { type Exports, common, entrances, parts as partsOf } from "./common.js";

/** What a plugin module exports. */
export function exports(module: Module): Exports {
    return entrances(common(partsOf(module, "plugin")));
}

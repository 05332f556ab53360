// 64-bit integers on their way to the host.

import type { Integer } from "caisson:module/types@0.1.0";

/** Set by the builder: what the engine takes for the contract's 64-bit integers. */
declare const CAISSON_BIGINT: boolean;

/** As the engine wants it. Numbers that are none, or lie beyond what a number holds exactly, are the module's mistake. */
export function integer(value: number | bigint): Integer {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
        throw new RangeError(`${value} is no whole number that can be kept exactly.`);
    }
    return CAISSON_BIGINT ? BigInt(value) : Number(value);
}

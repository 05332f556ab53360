// Keys, digests and randomness, all made by the host.

import * as host from "caisson:module/crypto@0.1.0";

import { ask } from "./host.js";
import { encode } from "./text.js";

export type { Algorithm } from "caisson:module/crypto@0.1.0";

type Bytes = Uint8Array | string;

const bytes = (data: Bytes) => (typeof data === "string" ? encode(data) : data);

/** Seals bytes under a key of this module alone. */
export function encrypt(plain: Bytes): Uint8Array {
    return ask("crypto", () => host.encrypt(bytes(plain)));
}

/** Opens what {@link encrypt} sealed. */
export function decrypt(sealed: Uint8Array): Uint8Array {
    return ask("crypto", () => host.decrypt(sealed));
}

/** `sha1` exists for signatures of old APIs only. */
export function digest(algorithm: host.Algorithm, data: Bytes): Uint8Array {
    return ask("crypto", () => host.digest(algorithm, bytes(data)));
}

/** A keyed digest; `setting` is the key of the secret setting that holds the key. */
export function hmac(algorithm: host.Algorithm, setting: string, data: Bytes): Uint8Array {
    return ask("crypto", () => host.hmac(algorithm, setting, bytes(data)));
}

/** Compares in constant time. */
export function equal(a: Bytes, b: Bytes): boolean {
    return host.equal(bytes(a), bytes(b));
}

/** At most 4096 random bytes. */
export function random(length: number): Uint8Array {
    return ask("crypto", () => host.random(length));
}

/** A password of 8 to 128 characters, each kind of character in it, none that look alike. */
export function password(length = 20): string {
    return ask("crypto", () => host.password(length));
}

/** A name of `length` characters that a person can read out: `prefix`, then random lower-case letters and digits. */
export function name(prefix: string, length: number): string {
    // 32 characters, so that a byte chooses among them evenly; the ones that look alike are left out.
    const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    return prefix + Array.from(random(Math.max(0, length - prefix.length)), (byte) => alphabet[byte % 32]).join("");
}

/** A fresh UUID, in the order of time. */
export function uuid(): string {
    return host.uuid();
}

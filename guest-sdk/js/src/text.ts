// Text and bytes. QuickJS has no TextEncoder; its own functions for URLs do the same work natively.

declare function escape(text: string): string;
declare function unescape(text: string): string;

/** How many bytes become characters at once: arguments lie on the engine's stack. */
const PIECE = 8_192;

/** UTF-8. Halves of surrogate pairs become U+FFFD. */
export function encode(text: string): Uint8Array {
    const latin = unescape(encodeURIComponent(wellFormed(text)));
    const bytes = new Uint8Array(latin.length);
    for (let at = 0; at < latin.length; at++) {
        bytes[at] = latin.charCodeAt(at);
    }
    return bytes;
}

/** UTF-8 as text; bytes that are none become U+FFFD. */
export function decode(bytes: Uint8Array): string {
    const pieces = [];
    for (let at = 0; at < bytes.length; at += PIECE) {
        pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
    }
    const latin = pieces.join("");
    if (!/[\x80-\xff]/.test(latin)) {
        return latin;
    }
    try {
        return decodeURIComponent(escape(latin));
    } catch {
        return lossy(latin);
    }
}

/** One character at a time: rubbish is short, or nobody's business. */
function lossy(latin: string): string {
    return latin.replace(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g, (found) => {
        try {
            return decodeURIComponent(escape(found));
        } catch {
            return "\ufffd";
        }
    });
}

function wellFormed(text: string): string {
    return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

/** Bytes as two hexadecimal digits each. */
export function hex(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding. */
export function base64(bytes: Uint8Array): string {
    let out = "";
    for (let at = 0; at < bytes.length; at += 3) {
        const [a = 0, b, c] = bytes.subarray(at, at + 3);
        const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
        const digits = [bits >> 18, (bits >> 12) & 63, (bits >> 6) & 63, bits & 63].map((digit) => BASE64[digit]).join("");
        out += c !== undefined ? digits : b !== undefined ? `${digits.slice(0, 3)}=` : `${digits.slice(0, 2)}==`;
    }
    return out;
}

/** What {@link base64} wrote, with or without its padding; undefined where the text is no such thing. */
export function fromBase64(text: string): Uint8Array | undefined {
    const plain = text.replace(/=+$/, "");
    if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) {
        return undefined;
    }
    const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
    let bits = 0;
    let held = 0;
    let next = 0;
    for (const digit of plain) {
        bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[next++] = (bits >> held) & 255;
        }
    }
    return bytes;
}

// Paths below a base address, and the encoding of what goes into them.

/**
 * Where a request goes, below the client's base address. A text is taken as it stands. A list of segments is joined by `/`, each encoded:
 * use it wherever a segment is not a constant, and no name can climb out of its place.
 */
export type Path = string | readonly (string | number)[];

export function path(path: Path): string {
    return typeof path === "string" ? path : path.map((segment) => step(String(segment))).join("/");
}

/** URL parsers take `.` and `..` for steps, encoded or not; a segment that is nothing but dots names nothing. */
function step(segment: string): string {
    return segment === "." || segment === ".." ? segment.replaceAll(".", "%252E") : component(segment);
}

/** Percent-encodes all but the characters that stand for themselves everywhere (RFC 3986, section 2.3). */
export function component(text: string): string {
    return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `name=value&…` with both sides encoded. */
export function pairs(pairs: readonly (readonly [string, string])[]): string {
    return pairs.map(([name, value]) => `${component(name)}=${component(value)}`).join("&");
}

/** One slash between base and path, whatever either brings. */
export function join(base: string, path: string): string {
    if (base === "") {
        return path;
    }
    const [start, end] = [base.replace(/\/+$/, ""), path.replace(/^\/+/, "")];
    return end === "" ? start : `${start}/${end}`;
}

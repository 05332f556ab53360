// The panel's side of a test: what is asked is remembered, and answered as the test says.

type Functions = Record<string, (...args: any[]) => unknown>;

/** What was asked, as `interface.function` and its arguments. */
export type Call = [name: string, ...args: any[]];

/** Installs a host that answers with `functions`, and gives the list of what is asked from then on. */
export function install(functions: Record<string, Functions> = {}): Call[] {
    const calls: Call[] = [];
    const nothing: Functions = {};
    const face = (name: string) =>
        new Proxy(functions[name] ?? nothing, {
            get: (known, key: string) => (...args: unknown[]) => {
                calls.push([`${name}.${key}`, ...args]);
                return known[key]?.(...args);
            },
        });
    Object.assign(globalThis, { host: new Proxy({}, { get: (_, name: string) => face(name) }) });
    return calls;
}

/** Throws as engines do where the host answers an error. */
export function refuse(tag: string, val?: unknown): never {
    throw Object.assign(new Error(tag), { payload: { tag, val } });
}

/** The arguments of the only call of a function. */
export function only(calls: Call[], name: string): any[] {
    const found = calls.filter(([called]) => called === name);
    if (found.length !== 1) {
        throw new Error(`${name} was called ${found.length} times: ${JSON.stringify(calls)}`);
    }
    return (found[0] as Call).slice(1);
}

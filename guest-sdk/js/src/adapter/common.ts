// From the contract's exports to the parts of a module: what every type of module has. Only what the builder writes imports from this
// folder, and of the four types the one that the manifest names.

import type * as contract from "caisson:module/types@0.1.0";

import { prepare } from "../globals.js";
import { log, read, write } from "../host.js";
import type { AnyForms, Form, Job, Kinds, Module, ModuleParts } from "../module.js";
import { Problem, problem } from "../problem.js";
import { type Data, type View, fromReply, fromView, toRequest, toService } from "../types.js";

type RawJob = Omit<Job, "payload" | "service"> & { payload: string; service: contract.Service | contract.Missing };

/** An object of functions for each interface that a component exports. */
export type Exports = Record<string, Record<string, (...args: any[]) => unknown>>;

/** The parts of a module, which must be of the type that the manifest gives it. */
export function parts<K extends keyof Kinds>(module: Module, kind: K): Kinds[K] {
    if (typeof module !== "object" || module === null || !("kind" in module)) {
        throw new TypeError(`The module exports nothing by default: write \`export default ${kind}({ … })\`.`);
    }
    if (module.kind !== kind) {
        throw new TypeError(`module.toml says type = "${kind}", and the module exports a ${module.kind}: write \`${kind}({ … })\`.`);
    }
    return module.parts as Kinds[K];
}

/** All exports, each of them entered as a call. */
export function entrances(all: Exports): Exports {
    return Object.fromEntries(
        Object.entries(all).map(([name, functions]) => [
            name,
            Object.fromEntries(Object.entries(functions).map(([key, work]) => [key, entered(`${name}.${key}`, work)])),
        ]),
    );
}

/** Around every export: what a module throws that is no problem is its mistake; the log says which, and the call ends as a crash. */
function entered(name: string, work: (...args: any[]) => unknown) {
    return (...args: unknown[]) => {
        prepare();
        try {
            const answer = work(...args);
            if (answer instanceof Promise) {
                throw new TypeError(`${name} is asynchronous; functions of a module answer at once.`);
            }
            return answer;
        } catch (caught) {
            if (!(caught instanceof Problem)) {
                const error = caught instanceof Error ? caught : new Error(String(caught));
                log("error", "exception", name, `${error.name}: ${error.message}\n${error.stack ?? ""}`);
            }
            throw caught;
        }
    };
}

/** The part of a module that a name of the manifest leads to. */
export function part<T>(parts: Record<string, T> | undefined, name: string, what: string): T {
    const found = parts !== undefined && Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (found === undefined) {
        throw problem(404, `This module has no ${what} '${name}'.`);
    }
    return found;
}

export function page(view: View | undefined) {
    if (view === undefined) {
        throw problem(404, "This module has no page here.");
    }
    return fromView(view);
}

export function form(text: string): Data {
    const data = read<unknown>("form", text);
    if (typeof data !== "object" || data === null || Array.isArray(data)) {
        throw problem(422, "The form does not fit this module.");
    }
    return data as Data;
}

/** The form with what the module made of it over it: fields that the module does not know stay. */
export function saved(text: string, save: ((data: any) => object | void) | undefined): string {
    const data = form(text);
    return save === undefined ? text : write({ ...data, ...save(structured(data)) });
}

/** A copy, so that what `save` does to the form counts only as far as it returns it. */
function structured(data: Data): Data {
    return JSON.parse(JSON.stringify(data)) as Data;
}

/** The form as it is to be shown. */
export function filled(text: string, { defaults, get }: Pick<Form<any>, "defaults" | "get"> = {}): string {
    const data = { ...defaults, ...form(text) };
    return write({ ...data, ...get?.(structured(data)) });
}

/** What every module exports. `runJob` comes first: a product module's verbs are jobs too. */
export function common(
    parts: ModuleParts<AnyForms>,
    runJob: (job: Job) => unknown = (job) => part(parts.jobs, job.method, "job")(job),
): Exports {
    return {
        lifecycle: {
            activate: () => parts.activate?.(),
            deactivate: () => parts.deactivate?.(),
            update: (fromVersion: string) => parts.update?.(fromVersion),
        },
        jobs: { run: (raw: RawJob) => write(runJob(toJob(raw)) ?? {}) },
        hooks: {
            onEvent: ({ id, name, payload }: { id: string; name: string; payload: string }) => {
                const heard = parts.events?.[name]?.({ id, name, payload: read("event", payload) });
                return typeof heard === "string" ? { tag: "veto", val: heard } : { tag: "proceed" };
            },
        },
        admin: {
            handle: (route: string, request: contract.Request) =>
                fromReply(part(parts.admin, route, "page")(toRequest(request))),
        },
        settings: {
            save: (data: string) => saved(data, parts.settings?.save?.bind(parts.settings)),
            page: (data: string) => page(parts.settings?.page?.(form(data))),
            testConnection: (data: string) => {
                if (parts.settings?.testConnection === undefined) {
                    throw problem(405, "This module has no connection to test.");
                }
                return parts.settings.testConnection(form(data));
            },
        },
    };
}

function toJob({ id, method, payload, attempt, service }: RawJob): Job {
    const bound = service === null || service === undefined ? undefined : toService<any, any>(service);
    return { id, method, payload: read("job", payload), attempt, service: bound };
}

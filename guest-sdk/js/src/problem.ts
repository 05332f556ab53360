// Why a call could not do its work: what people see. The cause goes to the module's log.

/** One rejected input field: dotted path and a message for people. */
export type FieldError = { field: string; message: string };

/** Thrown by everything here that fails, and by modules: `throw problem(409, "The name is taken.")`. */
export class Problem extends Error {
    override readonly name = "Problem";
    readonly code: number;
    readonly errors: FieldError[];
    /** What the engine gives the panel. */
    readonly payload: { code: number; message: string; errors: FieldError[] };

    constructor(code: number, message: string, errors: FieldError[] = []) {
        super(message);
        this.code = code;
        this.errors = errors;
        this.payload = { code, message, errors };
    }
}

/**
 * A problem to throw. `code` follows HTTP: 422 for input, 403, 404, 409, 424 for something that must be set up first, 502 for an answer of
 * the provider that cannot be used, 503 for later. In a job, 4xx codes other than 408 and 429 are final; all others are tried again.
 *
 * `fields` names the fields that were wrong and what was wrong with each: `problem(422, "…", { domain: "No such domain." })`.
 */
export function problem(code: number, message: string, fields: Record<string, string> = {}): Problem {
    return new Problem(code, message, Object.entries(fields).map(([field, message]) => ({ field, message })));
}

/** 422: the input was refused, field by field. */
export function invalid(fields: Record<string, string>): Problem {
    return problem(422, "Some fields need another look.", fields);
}

/** Whether something caught is a problem, and of that code where one is named. */
export function isProblem(caught: unknown, code?: number): caught is Problem {
    return caught instanceof Problem && (code === undefined || caught.code === code);
}

/** Whether trying again with the same input cannot help. */
export function isFinal(problem: Problem): boolean {
    return problem.code >= 400 && problem.code < 500 && problem.code !== 408 && problem.code !== 429;
}

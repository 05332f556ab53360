// Whether a host answers. Grant: a `[[capabilities.probe]]` line for host and port. Each counts among the call's HTTP requests.

import * as host from "caisson:module/probe@0.1.0";

import { ask } from "./host.js";

/** Milliseconds to connect. 503 where the host refuses connections, 504 where it does not answer in time. */
export function connect(name: string, port: number, timeoutMs = 5_000): number {
    return ask("probe", () => host.connect(name, port, timeoutMs));
}

/** Whole days until the certificate that the host shows ends; negative once it is over. Whether to trust it is not checked. */
export function certificateDays(name: string, port: number, timeoutMs = 5_000): number {
    return Number(ask("probe", () => host.certificate(name, port, timeoutMs)));
}

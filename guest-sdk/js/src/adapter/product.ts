import type * as contract from "caisson:module/types@0.1.0";

import { write } from "../host.js";
import { integer } from "../integer.js";
import type { AnyForms, Job, Module, ProductParts } from "../module.js";
import { problem } from "../problem.js";
import { fromReply, toRequest, toService } from "../types.js";
import { isVerb, queue, queueChange, run } from "../verb.js";
import { type Exports, common, entrances, filled, form, page, part, parts as partsOf, saved } from "./common.js";

/** What a product module exports. */
export function exports(module: Module): Exports {
    const parts = partsOf(module, "product");
    const runJob = (job: Job) => (isVerb(job.method) ? run(parts, job.method, job) : part(parts.jobs, job.method, "job")(job));
    return entrances({ ...common(parts, runJob), ...own(parts) });
}

function own(parts: ProductParts<AnyForms>): Exports {
    const verb = (name: "create" | "suspend" | "unsuspend" | "terminate") => (service: contract.Service) => {
        const now = parts.atOnce?.[name];
        return now === undefined ? queue(parts, name, service) : now(toService(service));
    };
    return {
        product: {
            getProductData: (data: string) => filled(data, parts.product),
            saveProductData: (data: string) => saved(data, parts.product?.save?.bind(parts.product)),
            productPage: (data: string) => page(parts.product?.page?.(form(data))),
            getServiceData: (data: string) => filled(data, parts.service),
            saveServiceData: (data: string) => saved(data, parts.service?.save?.bind(parts.service)),
            servicePage: (service: contract.Service) => page(parts.service?.page?.(toService(service))),
            create: verb("create"),
            suspend: verb("suspend"),
            unsuspend: verb("unsuspend"),
            terminate: verb("terminate"),
            changePackage: (service: contract.Service, previous: string) => {
                const now = parts.atOnce?.["change-package"];
                return now === undefined ? queueChange(parts, service, previous) : now(toService(service));
            },
            runAction: (action: string, service: contract.Service) =>
                part(parts.actions, action, "action")(toService(service)) ?? undefined,
            singleSignOn: (service: contract.Service) => {
                if (parts.singleSignOn === undefined) {
                    throw problem(405, "This module cannot sign anybody in.");
                }
                return parts.singleSignOn(toService(service));
            },
            usage: (service: contract.Service) =>
                (parts.usage?.(toService(service)) ?? []).map(({ name, value, unit, at = Date.now() }) => ({
                    name,
                    value,
                    unit,
                    at: integer(Number(at)),
                })),
        },
        clientArea: {
            variables: (tab: string, service: contract.Service, request: contract.Request) =>
                write(part(parts.tabs, tab, "tab")(toService(service), toRequest(request))),
            handle: (action: string, service: contract.Service, request: contract.Request) =>
                fromReply(part(parts.clientActions, action, "action")(toService(service), toRequest(request))),
            handleStatic: (action: string) => {
                throw problem(404, `This module has no action '${action}' without a service.`);
            },
        },
    };
}

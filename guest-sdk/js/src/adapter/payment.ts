import type * as contract from "caisson:module/types@0.1.0";

import { read } from "../host.js";
import type { AnyForms, Module, PaymentParts } from "../module.js";
import { toInvoice } from "../payments.js";
import { problem } from "../problem.js";
import { fromReply, fromView, toMoney, toRequest } from "../types.js";
import { type Exports, common, entrances, part, parts as partsOf } from "./common.js";

type RawGateway = { id: string; settings: string; webhookUrl: string; returnUrl: string; cancelUrl: string };
type RawInvoice = Parameters<typeof toInvoice>[0];

/** What a payment module exports. */
export function exports(module: Module): Exports {
    const parts = partsOf(module, "payment");
    return entrances({ ...common(parts), ...own(parts) });
}

function own(parts: PaymentParts<AnyForms>): Exports {
    const gateway = (raw: RawGateway) => ({ ...raw, settings: read<any>("gateway settings", raw.settings) });
    const offered = <T>(part: T | undefined, sentence: string): T => {
        if (part === undefined) {
            throw problem(405, sentence);
        }
        return part;
    };
    return {
        payment: {
            checkout: (at: RawGateway, invoice: RawInvoice) => fromView(parts.checkout(gateway(at), toInvoice(invoice))),
            webhook: (at: RawGateway, request: contract.Request, verification: any) =>
                fromReply(parts.webhook(gateway(at), toRequest(request), verification)),
            returned: (at: RawGateway, request: contract.Request) =>
                fromReply(parts.returned(gateway(at), toRequest(request))),
            reconcile: (at: RawGateway, invoice: RawInvoice) =>
                offered(parts.reconcile, "This gateway cannot be asked about a payment.")(gateway(at), toInvoice(invoice)),
            charge: (at: RawGateway, invoice: RawInvoice, token: string) =>
                offered(parts.charge, "This gateway stores no payment methods.")(gateway(at), toInvoice(invoice), token),
            refund: (at: RawGateway, transaction: string, amount: contract.Money) =>
                offered(parts.refund, "This gateway cannot pay back.")(gateway(at), transaction, toMoney(amount)),
        },
        clientArea: {
            variables: (tab: string) => {
                throw problem(404, `A payment module has no tab '${tab}'.`);
            },
            handle: (action: string) => {
                throw problem(404, `A payment module has no action '${action}' of a service.`);
            },
            handleStatic: (action: string, request: contract.Request) =>
                fromReply(part(parts.clientActions, action, "action")(toRequest(request))),
        },
    };
}

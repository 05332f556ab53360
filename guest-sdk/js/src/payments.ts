// Money for invoices, as a payment module reports it. Grant: `payments = true`.
//
// Each function is idempotent on the gateway's own ids: a callback that comes twice is recorded once, and the outcome says which of the
// two it was.

import * as host from "caisson:module/payments@0.1.0";

import { ask, write } from "./host.js";
import { integer } from "./integer.js";
import { type Money, toMoney } from "./types.js";

export type { Outcome } from "caisson:module/payments@0.1.0";

/** `due` is what a payment may come to: nothing, once the invoice takes none. */
export type Invoice = Omit<host.Invoice, "total" | "due"> & { total: Money; due: Money };

/** `transaction` is the gateway's own id of the payment, `fee` what the gateway kept, `details` what else it said, for staff. */
export type Payment = { invoice: string; transaction: string; amount: Money; fee?: Money; details?: unknown };

const money = ({ minor, currency }: Money) => ({ minor: integer(minor), currency });

export function toInvoice(invoice: host.Invoice): Invoice {
    return { ...invoice, total: toMoney(invoice.total), due: toMoney(invoice.due) };
}

/** An invoice that takes payments, or one that this module took money for. */
export function invoice(id: string): Invoice {
    return toInvoice(ask("payments", () => host.getInvoice(id)));
}

/** Credits the invoice. 409 where amount or currency do not fit, or the transaction was recorded as something else. */
export function record({ invoice, transaction, amount, fee, details }: Payment): host.Outcome {
    const payment = { invoice, transaction, amount: money(amount), fee: fee && money(fee), details: write(details ?? {}) };
    return ask("payments", () => host.recordPayment(payment));
}

/** Notes a payment that came to nothing. What is paid stays paid. */
export function failed(invoice: string, transaction: string, reason: string): host.Outcome {
    return ask("payments", () => host.recordFailure(invoice, transaction, reason));
}

/** Records that some of a payment was paid back; `refund` is the gateway's own id of that. */
export function refunded(transaction: string, refund: string, amount: Money): host.Outcome {
    return ask("payments", () => host.recordRefund(transaction, refund, money(amount)));
}

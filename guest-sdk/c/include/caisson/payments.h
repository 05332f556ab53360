/* Money for invoices, as a payment module reports it. Grant: `payments = true`. Idempotent on the gateway's own ids. */
#ifndef CAISSON_PAYMENTS_H
#define CAISSON_PAYMENTS_H

#include "problem.h"

typedef cs_money_t cs_money;
typedef host_payments_invoice_t cs_invoice;
typedef exports_payment_gateway_t cs_gateway;
typedef exports_payment_verification_t cs_verification;

/* In the currency's smallest unit, and its ISO 4217 code. */
#define cs_money_of(minor, currency) ((cs_money){minor, cs_s(currency)})

/* What was said already under the same id counts once. */
typedef enum { CS_RECORDED, CS_ALREADY_RECORDED } cs_outcome;

typedef struct {
    cs_str invoice;
    cs_str transaction; /* the gateway's own id */
    cs_money amount;
    cs_money fee;     /* what the gateway kept; none where it has no currency */
    cs_value details; /* for staff */
} cs_payment;

bool cs_invoice_get(cs_str id, cs_invoice *invoice);
/* Credits the invoice. `outcome` may be NULL, here and below. */
bool cs_payment_record(const cs_payment *payment, cs_outcome *outcome);
/* Notes a payment that came to nothing. */
bool cs_payment_failed(cs_str invoice, cs_str transaction, cs_str reason, cs_outcome *outcome);
/* `refund` is the gateway's own id of that. */
bool cs_payment_refunded(cs_str transaction, cs_str refund, cs_money amount, cs_outcome *outcome);

/* Whether the host found the callback genuine. */
static inline bool cs_verified(const cs_verification *verification) {
    return verification->tag == EXPORTS_PAYMENT_VERIFICATION_VERIFIED;
}

#endif

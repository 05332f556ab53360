/* Money for invoices. */
#include "internal.h"

#ifdef CAISSON_PAYMENT

static bool failed(const host_payments_error_t *error) {
    switch (error->tag) {
    case HOST_PAYMENTS_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_PAYMENTS_ERROR_MISSING: return cs_fail(404, "There is no such invoice.");
    case HOST_PAYMENTS_ERROR_INVALID:
        return cs_host_failed("payments", 422, "The module reported something that is no payment.", error->val.invalid);
    case HOST_PAYMENTS_ERROR_MISMATCH:
        return cs_host_failed("payments", 409, "The payment does not fit the invoice.", error->val.mismatch);
    case HOST_PAYMENTS_ERROR_CLOSED:
        return cs_host_failed("payments", 409, "The invoice takes no payment now.", error->val.closed);
    case HOST_PAYMENTS_ERROR_UNAVAILABLE: return cs_not_offered("payments", error->val.unavailable);
    default: return cs_host_failed("payments", 500, "The payment could not be recorded.", error->val.other);
    }
}

static bool told(host_payments_outcome_t known, cs_outcome *outcome) {
    if (outcome) *outcome = known == HOST_PAYMENTS_OUTCOME_RECORDED ? CS_RECORDED : CS_ALREADY_RECORDED;
    return true;
}

bool cs_invoice_get(cs_str id, cs_invoice *invoice) {
    host_payments_error_t error;
    return host_payments_get_invoice(&id, invoice, &error) || failed(&error);
}

bool cs_payment_record(const cs_payment *payment, cs_outcome *outcome) {
    host_payments_payment_t made = {
        .invoice = payment->invoice,
        .transaction = payment->transaction,
        .amount = payment->amount,
        .fee = {payment->fee.currency.len > 0, payment->fee},
        .details = cs_given(payment->details) ? cs_json(payment->details) : cs_s("{}"),
    };
    host_payments_outcome_t known;
    host_payments_error_t error;
    return host_payments_record_payment(&made, &known, &error) ? told(known, outcome) : failed(&error);
}

bool cs_payment_failed(cs_str invoice, cs_str transaction, cs_str reason, cs_outcome *outcome) {
    host_payments_outcome_t known;
    host_payments_error_t error;
    bool done = host_payments_record_failure(&invoice, &transaction, &reason, &known, &error);
    return done ? told(known, outcome) : failed(&error);
}

bool cs_payment_refunded(cs_str transaction, cs_str refund, cs_money amount, cs_outcome *outcome) {
    host_payments_outcome_t known;
    host_payments_error_t error;
    bool done = host_payments_record_refund(&transaction, &refund, &amount, &known, &error);
    return done ? told(known, outcome) : failed(&error);
}

#endif

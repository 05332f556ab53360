/* Tells clients how to pay an invoice by hand. */
#include <caisson.h>

static bool checkout(const cs_gateway *gateway, const cs_invoice *invoice, cs_view *view) {
    (void)gateway;
    cs_value instructions = cs_setting("instructions");
    return cs_show(view, "checkout", cs_object("number", invoice->number, "instructions", instructions));
}

static bool webhook(const cs_gateway *gateway, const cs_request *request, const cs_verification *verification,
                    cs_response *response) {
    (void)gateway, (void)request, (void)verification, (void)response;
    return cs_fail(404, "Nobody calls this module back.");
}

static bool returned(const cs_gateway *gateway, const cs_request *request, cs_response *response) {
    (void)gateway, (void)request;
    return cs_respond_text(response, "Thank you. The invoice is paid once the money has arrived.");
}

CAISSON_MODULE(.checkout = checkout, .webhook = webhook, .returned = returned);

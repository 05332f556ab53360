/* What payment modules export. */
#include "internal.h"

#ifdef CAISSON_PAYMENT

bool exports_payment_checkout(cs_gateway *gateway, cs_invoice *invoice, cs_view *view, cs_problem *problem) {
    cs_begin();
    *view = (cs_view){0};
    bool done = caisson_module.checkout ? caisson_module.checkout(gateway, invoice, view) : true;
    return cs_end(cs_view_or_none(done, view), problem);
}

bool exports_payment_webhook(cs_gateway *gateway, cs_request *request, cs_verification *verification,
                             cs_response *response, cs_problem *problem) {
    cs_begin();
    if (caisson_module.webhook)
        return cs_end(caisson_module.webhook(gateway, request, verification, response), problem);
    return cs_end(cs_fail(405, "This gateway takes no callbacks."), problem);
}

bool exports_payment_returned(cs_gateway *gateway, cs_request *request, cs_response *response, cs_problem *problem) {
    cs_begin();
    if (caisson_module.returned) return cs_end(caisson_module.returned(gateway, request, response), problem);
    return cs_end(cs_fail(405, "Nobody comes back from this gateway."), problem);
}

bool exports_payment_reconcile(cs_gateway *gateway, cs_invoice *invoice, cs_problem *problem) {
    cs_begin();
    if (caisson_module.reconcile) return cs_end(caisson_module.reconcile(gateway, invoice), problem);
    return cs_end(cs_fail(405, "This gateway cannot be asked about a payment."), problem);
}

bool exports_payment_charge(cs_gateway *gateway, cs_invoice *invoice, cs_str *token, cs_str *transaction,
                            cs_problem *problem) {
    cs_begin();
    if (caisson_module.charge) return cs_end(caisson_module.charge(gateway, invoice, *token, transaction), problem);
    return cs_end(cs_fail(405, "This gateway stores no payment methods."), problem);
}

bool exports_payment_refund(cs_gateway *gateway, cs_str *transaction, cs_money *amount, cs_str *refund,
                            cs_problem *problem) {
    cs_begin();
    if (caisson_module.refund) return cs_end(caisson_module.refund(gateway, *transaction, *amount, refund), problem);
    return cs_end(cs_fail(405, "This gateway cannot pay back."), problem);
}

bool exports_client_area_variables(cs_str *tab, cs_service *service, cs_request *request, cs_str *json,
                                   cs_problem *problem) {
    (void)service, (void)request, (void)json;
    cs_begin();
    return cs_end(cs_fail(404, "A payment module has no tab '", *tab, "'."), problem);
}

bool exports_client_area_handle(cs_str *action, cs_service *service, cs_request *request, cs_response *response,
                                cs_problem *problem) {
    (void)service, (void)request, (void)response;
    cs_begin();
    return cs_end(cs_fail(404, "A payment module has no action '", *action, "' of a service."), problem);
}

bool exports_client_area_handle_static(cs_str *action, cs_request *request, cs_response *response,
                                       cs_problem *problem) {
    cs_begin();
    if (caisson_module.client_action) return cs_end(caisson_module.client_action(*action, request, response), problem);
    return cs_end(cs_fail(404, "This module has no action '", *action, "'."), problem);
}

#endif

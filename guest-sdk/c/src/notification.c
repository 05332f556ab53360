/* What notification modules export. */
#include "internal.h"

#ifdef CAISSON_NOTIFICATION

bool exports_notification_send(cs_channel *channel, cs_message *message, cs_delivery *delivery, cs_problem *problem) {
    cs_begin();
    *delivery = (cs_delivery){.status = EXPORTS_NOTIFICATION_STATUS_ACCEPTED};
    if (caisson_module.send) return cs_end(caisson_module.send(channel, message, delivery), problem);
    return cs_end(cs_fail(405, "This module delivers nothing."), problem);
}

bool cs_report(cs_reports *reports, cs_str message, uint8_t fate, cs_str reason) {
    CS_APPEND(*reports, (exports_notification_report_t){message, fate, {reason.len > 0, reason}});
    return true;
}

bool exports_notification_callback(cs_channel *channel, cs_request *request, exports_notification_receipt_t *receipt,
                                   cs_problem *problem) {
    cs_begin();
    *receipt = (exports_notification_receipt_t){0};
    cs_respond_empty(&receipt->response);
    if (caisson_module.callback)
        return cs_end(caisson_module.callback(channel, request, &receipt->reports, &receipt->response), problem);
    return cs_end(cs_fail(405, "This channel takes no callbacks."), problem);
}

#endif

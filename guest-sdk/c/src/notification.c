/* What notification modules export. */
#include "internal.h"

#ifdef CAISSON_NOTIFICATION

bool exports_notification_send(cs_channel *channel, cs_message *message, cs_delivery *delivery, cs_problem *problem) {
    cs_begin();
    *delivery = (cs_delivery){.status = EXPORTS_NOTIFICATION_STATUS_ACCEPTED};
    if (caisson_module.send) return cs_end(caisson_module.send(channel, message, delivery), problem);
    return cs_end(cs_fail(405, "This module delivers nothing."), problem);
}

#endif

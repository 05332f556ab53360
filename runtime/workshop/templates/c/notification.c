/* Posts every message to an address. */
#include <caisson.h>

static bool send(const cs_channel *channel, const cs_message *message, cs_delivery *delivery) {
    (void)channel;
    cs_http http;
    cs_answer answer;
    CS_TRY(cs_http_from_setting(&http, "api_base"));
    http.bearer = "token";
    /* A message that comes again has the same id. */
    cs_http_request post = {
        .method = CS_POST,
        .path = cs_s("messages"),
        .json = cs_object("to", message->to, "subject", message->subject, "text", message->text),
        .idempotency_key = message->id,
    };
    CS_TRY(cs_http_send(&http, &post, &answer));
    CS_TRY(cs_answer_ok(&answer));
    *delivery = (cs_delivery){.status = EXPORTS_NOTIFICATION_STATUS_ACCEPTED};
    return true;
}

CAISSON_MODULE(.send = send);

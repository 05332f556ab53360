#include "api.h"

static bool connect(cs_http *http) {
    CS_TRY(cs_http_from_setting(http, "api_base"));
    http->bearer = "api_key";
    return true;
}

static bool no_answer(uint16_t code) { return cs_fail(code, "The provider could not be reached."); }

static bool refused(const cs_answer *answer) {
    if (answer->status >= 500) return no_answer(503);
    cs_str reason = cs_answer_reason(answer);
    if (reason.len == 0) reason = cs_s("it gave no reason");
    return cs_fail(answer->status, "The provider refused the mailbox: ", reason);
}

/* Sends a request; the code in `done`, if it is any, means that an earlier try did the work. */
static bool send(const cs_http_request *request, uint16_t done) {
    cs_http http;
    cs_answer answer;
    CS_TRY(connect(&http));
    if (!cs_http_send(&http, request, &answer)) return no_answer(503);
    bool success = answer.status >= 200 && answer.status < 300;
    return success || answer.status == done || refused(&answer);
}

bool api_ping(cs_str *answer) {
    cs_http http;
    cs_answer reply;
    CS_TRY(connect(&http));
    if (!cs_http_get(&http, cs_s("ping"), &reply)) return no_answer(502);
    if (reply.status == 401) return cs_fail(422, "The provider does not accept this API key.");
    if (reply.status != 200) return refused(&reply);
    *answer = cs_answer_text(&reply);
    return true;
}

bool api_create(cs_str address, int64_t quota) {
    cs_value wanted = cs_object("address", address, "quota", quota);
    return send(&(cs_http_request){.method = CS_POST, .path = cs_s("mailboxes"), .json = wanted}, 409);
}

bool api_change(cs_str address, cs_value change) {
    return send(&(cs_http_request){.method = CS_PATCH, .path = cs_path("mailboxes", address), .json = change}, 0);
}

bool api_delete(cs_str address) {
    return send(&(cs_http_request){.method = CS_DELETE, .path = cs_path("mailboxes", address)}, 404);
}

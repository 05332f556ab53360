/* Notifications as text messages, through Twilio.
 *
 * Twilio has no way to say that a message is the same as an earlier one. A try leaves a mark in the cache: the next one
 * looks among the messages to that number before it sends. */
#include "segments.h"
#include "settings.h"
#include "twilio.h"

/* Longer than the queue goes on trying. */
#define REMEMBERED_S (24 * 60 * 60)
/* How far Twilio's clock may be behind the panel's. */
#define SKEW_MS (2 * 60 * 1000)

static bool is_for(cs_value settings, uint8_t audience) {
    cs_str whom = cs_get_str(settings, "audience");
    return cs_equal(whom, "everybody") || cs_equal(whom, audience == CS_ROLE_STAFF ? "staff" : "client");
}

/* What is sent of a message. */
static bool written(cs_value settings, const cs_message *message, sms_text *text) {
    cs_str subject = sms_plain(message->subject), more = sms_plain(message->text), whole = subject;
    if (subject.len == 0) whole = more;
    else if (more.len > 0 && cs_equal(cs_get_str(settings, "content"), "both")) whole = cs_concat(subject, "\n", more);
    if (whole.len == 0) return cs_fail_with(422, cs_translate("nothing-to-say", cs_object()));
    size_t most = (size_t)cs_get_int(settings, "segments", 1);
    if (!cs_equal(cs_get_str(settings, "longer"), "refuse")) {
        *text = sms_fit(whole, most);
        return true;
    }
    *text = sms_measure(whole);
    cs_value sizes = cs_object("segments", text->segments, "most", most);
    return text->segments <= most || cs_fail_with(413, cs_translate("too-long", sizes));
}

/* A status that Twilio will think of later is no bad news. */
static uint8_t fate_of(cs_str status) {
    if (cs_equal(status, "delivered") || cs_equal(status, "read")) return CS_FATE_DELIVERED;
    bool failed = cs_equal(status, "failed") || cs_equal(status, "undelivered") || cs_equal(status, "canceled");
    return failed ? CS_FATE_FAILED : CS_FATE_ACCEPTED;
}

/* Says whose a message of Twilio's is: whether it is this one's, and no other's. */
static bool claim(cs_str sid, cs_str id, bool *ours) {
    const char *key = cs_c_str(cs_concat("sid:", sid));
    cs_value owner;
    CS_TRY(cs_cache_add(key, cs_v(id), REMEMBERED_S, ours));
    if (*ours) return true;
    CS_TRY(cs_cache_get(key, &owner));
    *ours = cs_equal(cs_text(owner), id);
    return true;
}

/* Trial accounts have a sentence put before the text. */
static bool says(cs_value message, cs_str text) {
    cs_str body = cs_get_str(message, "body");
    cs_str trial = cs_concat("Sent from your Twilio trial account - ", text);
    return cs_equal(body, text) || cs_equal(body, trial);
}

/* The SID of the message that an earlier try, begun at `since`, left at Twilio; empty where there is none. One that
 * failed is none, and of several the oldest is the one. */
static bool find(cs_str id, cs_str to, cs_str text, uint64_t since, cs_str *sid) {
    cs_value messages;
    CS_TRY(twilio_messages(to, &messages));
    for (size_t i = cs_len(messages); i > 0 && sid->len == 0; i--) {
        cs_value one = cs_at(messages, i - 1);
        cs_str found = cs_get_str(one, "sid");
        bool there = fate_of(cs_get_str(one, "status")) != CS_FATE_FAILED && twilio_made(one) + SKEW_MS >= since;
        bool sent = cs_starts_with(cs_get_str(one, "direction"), "outbound") && cs_equal(cs_get_str(one, "to"), to);
        if (!there || !sent || !says(one, text)) continue;
        bool ours;
        CS_TRY(claim(found, id, &ours));
        if (ours) *sid = found;
    }
    return true;
}

static bool post(const cs_channel *channel, const cs_message *message, cs_str text, cs_str *sid) {
    cs_str sender = cs_get_str(cs_read(channel->settings), "sender");
    twilio_message sent = {.to = message->phone.val, .body = text, .sender = sender};
    if (channel->callback_url.is_some) sent.callback = cs_concat(channel->callback_url.val, "?message=", message->id);
    return twilio_send(&sent, sid);
}

static bool send(const cs_channel *channel, const cs_message *message, cs_delivery *delivery) {
    cs_value settings = cs_read(channel->settings);
    cs_str to = message->phone.val, id = message->id, sid = {0};
    if (!message->phone.is_some || !is_for(settings, message->audience)) {
        *delivery = (cs_delivery){.status = EXPORTS_NOTIFICATION_STATUS_SKIPPED};
        return true;
    }
    if (!is_phone(to)) return cs_fail_with(422, cs_translate("wrong-number", cs_object()));
    sms_text text;
    CS_TRY(written(settings, message, &text));

    const char *mark = cs_c_str(cs_concat("try:", id));
    uint64_t now = cs_now();
    bool first, was_there = false;
    CS_TRY(cs_cache_add(mark, cs_v(now), REMEMBERED_S, &first));
    if (!first) {
        cs_value known;
        CS_TRY(cs_cache_get(mark, &known));
        uint64_t since = known.kind == CS_INT ? (uint64_t)known.integer : now;
        if (known.kind == CS_TEXT) sid = known.text;
        else CS_TRY(find(id, to, text.text, since, &sid));
        was_there = sid.len > 0;
    }
    if (!was_there && !post(channel, message, text.text, &sid)) {
        /* What was refused left nothing to look for. */
        if (first && cs_standing()->code < 500) cs_cache_forget(mark);
        return false;
    }
    bool ours;
    CS_TRY(cs_cache_set(mark, sid, REMEMBERED_S) && claim(sid, id, &ours));
    cs_log_info(was_there ? "found" : "send", id,
                cs_object("sid", sid, "segments", text.segments, "ucs2", text.ucs2, "cut", text.cut));
    *delivery = (cs_delivery){EXPORTS_NOTIFICATION_STATUS_ACCEPTED, {true, sid}};
    return true;
}

static bool callback(const cs_channel *channel, const cs_request *request, cs_reports *reports, cs_response *response) {
    (void)channel;
    cs_str id = cs_query_param(request, "message"), sid = cs_form_field(request, "MessageSid");
    if (id.len == 0) {
        cs_respond_text(response, "The address names no message.");
        response->status = 400;
        return true;
    }
    uint8_t fate = fate_of(cs_form_field(request, "MessageStatus"));
    cs_str reason = {0};
    if (fate == CS_FATE_FAILED) {
        reason = twilio_reason(cs_get_int(cs_form(request), "ErrorCode", 0));
        cs_log_warning("callback", id, cs_form(request));
    }
    bool ours;
    if (sid.len > 0) CS_TRY(claim(sid, id, &ours));
    return cs_report(reports, id, fate, reason) && cs_respond_empty(response);
}

CAISSON_MODULE(
    .save_settings = save_settings,
    .settings_page = settings_page,
    .test_connection = test_connection,
    .send = send,
    .callback = callback,
);

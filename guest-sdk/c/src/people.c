/* Mail, notifications and probes. */
#include "internal.h"

static uint16_t usual_port(const cs_mail_server *server) {
    return server->security == CS_STARTTLS ? 587 : server->security == CS_TLS ? 465 : 25;
}

bool cs_mail_send(const cs_mail_server *server, const cs_mail *mail) {
    host_mail_server_t contact = {
        .host = server->host,
        .port = server->port ? server->port : usual_port(server),
        .security = (uint8_t)server->security,
        .username = cs_optional(server->user),
        .password_setting = cs_optional(cs_str_of(server->password_setting)),
    };
    host_mail_message_t message = {
        .from = mail->from,
        .to = cs_texts(mail->to),
        .reply_to = cs_optional(mail->reply_to),
        .subject = mail->subject,
        .text = cs_optional(mail->text),
        .html = cs_optional(mail->html),
        .message_id = cs_optional(mail->message_id),
    };
    for (size_t i = 0; i < mail->attachment_count; i++) {
        const cs_attachment *one = &mail->attachments[i];
        host_mail_attachment_t made = {one->name, {one->content_type, cs_as_list(one->bytes)}};
        CS_APPEND(message.attachments, made);
    }
    cs_str said;
    host_mail_error_t error;
    if (host_mail_send(&contact, &message, &said, &error)) return true;
    switch (error.tag) {
    case HOST_MAIL_ERROR_DENIED: return cs_host_denied(&error.val.denied);
    case HOST_MAIL_ERROR_INVALID:
        return cs_host_failed("mail", 422, "The message is not one that can be sent.", error.val.invalid);
    case HOST_MAIL_ERROR_TEMPORARY:
        return cs_host_failed("mail", 503, "The mail server asks to try again later.", error.val.temporary);
    case HOST_MAIL_ERROR_PERMANENT:
        return cs_host_failed("mail", 424, "The mail server refused the message.", error.val.permanent);
    case HOST_MAIL_ERROR_TIMEOUT: return cs_fail(504, "The mail server did not answer in time.");
    case HOST_MAIL_ERROR_UNAVAILABLE: return cs_not_offered("mail", error.val.unavailable);
    default: return cs_host_failed("mail", 502, "The mail server could not be used.", error.val.other);
    }
}

static bool notify(host_notifications_recipient_t *to, const char *event, cs_value data) {
    cs_str name = cs_str_of(event), json = cs_given(data) ? cs_json(data) : cs_s("{}");
    host_notifications_error_t error;
    if (host_notifications_notify(to, &name, &json, &error)) return true;
    switch (error.tag) {
    case HOST_NOTIFICATIONS_ERROR_DENIED: return cs_host_denied(&error.val.denied);
    case HOST_NOTIFICATIONS_ERROR_INVALID:
        return cs_host_failed("notifications", 500, "The module asked the panel something impossible.",
                              error.val.invalid);
    case HOST_NOTIFICATIONS_ERROR_QUOTA:
        return cs_host_failed("notifications", 429, "The module sent too many notifications.", error.val.quota);
    case HOST_NOTIFICATIONS_ERROR_UNAVAILABLE: return cs_not_offered("notifications", error.val.unavailable);
    default: return cs_host_failed("notifications", 500, "The notification could not be sent.", error.val.other);
    }
}

bool cs_notify_client(cs_str client, const char *event, cs_value data) {
    return notify(&(host_notifications_recipient_t){HOST_NOTIFICATIONS_RECIPIENT_CLIENT, {.client = client}}, event,
                  data);
}

bool cs_notify_staff(const char *permission, const char *event, cs_value data) {
    host_notifications_recipient_t staff = {HOST_NOTIFICATIONS_RECIPIENT_STAFF_WITH,
                                            {.staff_with = cs_str_of(permission)}};
    return notify(&staff, event, data);
}

static bool probe_failed(const host_probe_error_t *error) {
    switch (error->tag) {
    case HOST_PROBE_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_PROBE_ERROR_REFUSED: return cs_fail(503, "The host refuses connections.");
    case HOST_PROBE_ERROR_TIMEOUT: return cs_fail(504, "The host did not answer in time.");
    case HOST_PROBE_ERROR_UNAVAILABLE: return cs_not_offered("probe", error->val.unavailable);
    default: return cs_host_failed("probe", 502, "The host could not be tried.", error->val.other);
    }
}

bool cs_probe(cs_str host, uint16_t port, uint32_t timeout_ms, uint32_t *took_ms) {
    host_probe_error_t error;
    return host_probe_connect(&host, port, timeout_ms, took_ms, &error) || probe_failed(&error);
}

bool cs_probe_certificate(cs_str host, uint16_t port, uint32_t timeout_ms, int64_t *days) {
    host_probe_error_t error;
    return host_probe_certificate(&host, port, timeout_ms, days, &error) || probe_failed(&error);
}

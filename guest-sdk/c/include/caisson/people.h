/* Mail, notifications and probes: what reaches out of the panel, besides HTTP. */
#ifndef CAISSON_PEOPLE_H
#define CAISSON_PEOPLE_H

#include "problem.h"

/* An SMTP server. Grant: a `[[capabilities.mail]]` line that names the password's setting. */
typedef struct {
    cs_str host;
    uint16_t port; /* 0 is the usual one */
    enum { CS_STARTTLS, CS_TLS, CS_PLAIN } security;
    cs_str user;
    const char *password_setting; /* the secret setting that holds the password */
} cs_mail_server;

typedef struct {
    cs_str name;
    cs_str content_type;
    cs_str bytes;
} cs_attachment;

/* Addresses are `jo@example.com` or `Jo <jo@example.com>`. What is left empty is not sent. */
typedef struct {
    cs_str from;
    cs_value to; /* a text, or a list of them */
    cs_str reply_to;
    cs_str subject;
    cs_str text;
    cs_str html;
    const cs_attachment *attachments;
    size_t attachment_count;
    cs_str message_id; /* stable across retries */
} cs_mail;

/* Sends to every recipient or to none. A server's 4xx answer is tried again by a job, a 5xx answer is final. */
bool cs_mail_send(const cs_mail_server *server, const cs_mail *mail);

/* Says the module's own strings `notify-<event>-subject` and `-message`. Grant: `notifications = true`. */
bool cs_notify_client(cs_str client, const char *event, cs_value data);
/* Every administrator who holds a permission of this module. */
bool cs_notify_staff(const char *permission, const char *event, cs_value data);

/* Grant: a `[[capabilities.probe]]` line. How long it takes to connect. */
bool cs_probe(cs_str host, uint16_t port, uint32_t timeout_ms, uint32_t *took_ms);
/* Whole days until the certificate's end. */
bool cs_probe_certificate(cs_str host, uint16_t port, uint32_t timeout_ms, int64_t *days);

#endif

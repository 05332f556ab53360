/* Calls to a provider's HTTP API. Grant: a `[[capabilities.http]]` line for the host.
 *
 * A request whose connection failed or broke off, or that was answered 502, 503 or 504 without a Retry-After, is sent
 * again at once where it may be sent twice: all but POST and PATCH, unless they have an idempotency key or are said to
 * be repeatable. Everything else is for the next try of the task, which the problem's code asks for. */
#ifndef CAISSON_HTTP_H
#define CAISSON_HTTP_H

#include "problem.h"

enum {
    CS_GET = CS_HTTP_METHOD_GET,
    CS_HEAD = CS_HTTP_METHOD_HEAD,
    CS_POST = CS_HTTP_METHOD_POST,
    CS_PUT = CS_HTTP_METHOD_PUT,
    CS_PATCH = CS_HTTP_METHOD_PATCH,
    CS_DELETE = CS_HTTP_METHOD_DELETE,
    CS_OPTIONS = CS_HTTP_METHOD_OPTIONS,
};

/* What all requests to one provider have in common. Of the credentials at most one; each names a secret setting, or
 * holds what was sealed, and the host puts the value in. */
typedef struct {
    cs_str base; /* where all paths begin: https://api.example.com/v2 */
    const char *bearer;
    struct {
        const char *user, *password;
        cs_str sealed; /* in place of a setting: what cs_encrypt sealed, such as a server's password in a table */
    } basic;
    struct {
        const char *name, *value;
    } secret_header;
    const char *secret_url; /* in place of a base: the address itself is the secret */
    cs_value headers;            /* an object */
    uint32_t timeout_ms;         /* of each exchange; 0 is the host's 30 s */
    uint32_t connect_timeout_ms; /* 0 is the host's 10 s */
    bool never_again;            /* sends nothing twice */
} cs_http;

typedef struct {
    uint8_t method;
    cs_str path;    /* as it stands: see cs_path */
    cs_value query; /* an object */
    cs_value headers;
    cs_value json; /* a body, */
    cs_value form; /* or an object as browsers send it, */
    cs_str body;   /* or bytes */
    const char *content_type;
    cs_str idempotency_key; /* the same in every try of a task */
    bool repeatable;
} cs_http_request;

/* An answer, of whatever status. */
typedef struct {
    uint16_t status;
    cs_str body;
    host_http_list_header_t headers;
    cs_str request; /* method and address, for the log */
} cs_answer;

/* The provider whose address an administrator typed into a setting; 424 where it is empty. */
bool cs_http_from_setting(cs_http *http, const char *setting);
/* False where no answer came. */
bool cs_http_send(const cs_http *http, const cs_http_request *request, cs_answer *answer);
bool cs_http_get(const cs_http *http, cs_str path, cs_answer *answer);
bool cs_http_post(const cs_http *http, cs_str path, cs_value json, cs_answer *answer);
bool cs_http_put(const cs_http *http, cs_str path, cs_value json, cs_answer *answer);
bool cs_http_patch(const cs_http *http, cs_str path, cs_value json, cs_answer *answer);
bool cs_http_delete(const cs_http *http, cs_str path, cs_answer *answer);

/* Whether it is a success; else the problem that the answer stands for. Refused credentials become 424, other refusals
 * keep their code and the provider's own sentence; failures become 502 or 503, and are tried again. */
bool cs_answer_ok(const cs_answer *answer);
/* The JSON body; 502 where it is none. */
bool cs_answer_json(const cs_answer *answer, cs_value *value);
/* The body as text. */
cs_str cs_answer_text(const cs_answer *answer);
/* The sentence in a JSON error, short and in one line; empty where there is none. */
cs_str cs_answer_reason(const cs_answer *answer);
/* The first header of that name; empty where there is none. */
cs_str cs_answer_header(const cs_answer *answer, const char *name);
/* The seconds that the provider asks to wait; false where it says none. The form with a date is not read. */
bool cs_answer_retry_after(const cs_answer *answer, uint32_t *seconds);

#endif

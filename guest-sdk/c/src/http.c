/* Requests to a provider. */
#include <string.h>

#include "internal.h"

/* An API that answers a write with a redirect is not the one that was configured. */
#define REDIRECTS_MAX 3

bool cs_http_from_setting(cs_http *http, const char *setting) {
    *http = (cs_http){0};
    return cs_require(setting, &http->base);
}

static const char *method_name(uint8_t method) {
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    return method < sizeof names / sizeof *names ? names[method] : "?";
}

static void add_pairs(cs_buffer *out, cs_value pairs) {
    for (size_t i = 0; pairs.kind == CS_OBJECT && i < pairs.object.len; i++) {
        if (i > 0) cs_add_chars(out, "&");
        cs_add_encoded(out, pairs.object.members[i].name);
        cs_add_chars(out, "=");
        cs_add_encoded(out, cs_text(pairs.object.members[i].value));
    }
}

/* One slash between base and path, whatever either brings. */
static cs_str address(const cs_http *http, const cs_http_request *request) {
    cs_buffer url = {0};
    cs_str base = http->base, path = request->path;
    while (base.len > 0 && base.ptr[base.len - 1] == '/') base.len--;
    while (path.len > 0 && path.ptr[0] == '/') path.ptr++, path.len--;
    cs_add(&url, base.ptr, base.len);
    if (path.len > 0) cs_add_chars(&url, "/");
    cs_add(&url, path.ptr, path.len);
    if (cs_len(request->query) > 0) {
        cs_add_chars(&url, url.len > 0 && memchr(url.ptr, '?', url.len) ? "&" : "?");
        add_pairs(&url, request->query);
    }
    return cs_added(&url);
}

/* The last one of a name counts. */
static void put_header(host_http_list_header_t *headers, cs_str name, cs_str value) {
    for (size_t i = 0; i < headers->len; i++) {
        if (cs_equal_nocase(headers->ptr[i].name, name)) {
            headers->ptr[i].value = value;
            return;
        }
    }
    CS_APPEND(*headers, (cs_header_t){name, value});
}

static void put_headers(host_http_list_header_t *headers, cs_value object) {
    for (size_t i = 0; object.kind == CS_OBJECT && i < object.object.len; i++) {
        put_header(headers, object.object.members[i].name, cs_text(object.object.members[i].value));
    }
}

static cs_str body(const cs_http_request *request, const char **content_type) {
    cs_buffer out = {0};
    *content_type = request->content_type;
    if (request->json.kind != CS_NONE) {
        *content_type = "application/json";
        cs_add_json(&out, request->json);
    } else if (request->form.kind != CS_NONE) {
        *content_type = "application/x-www-form-urlencoded";
        add_pairs(&out, request->form);
    } else {
        return request->body;
    }
    return cs_added(&out);
}

static host_http_credential_t credential(const cs_http *http) {
    host_http_credential_t none = {.tag = HOST_HTTP_CREDENTIAL_NONE};
    if (http->bearer) return (host_http_credential_t){HOST_HTTP_CREDENTIAL_BEARER, {.bearer = cs_str_of(http->bearer)}};
    if (http->basic.sealed.len > 0) {
        cs_tuple2_string_list_u8_t pair = {cs_str_of(http->basic.user), cs_as_list(http->basic.sealed)};
        return (host_http_credential_t){HOST_HTTP_CREDENTIAL_BASIC_SEALED, {.basic_sealed = pair}};
    }
    if (http->basic.password) {
        cs_tuple2_string_string_t pair = {cs_str_of(http->basic.user), cs_str_of(http->basic.password)};
        return (host_http_credential_t){HOST_HTTP_CREDENTIAL_BASIC, {.basic = pair}};
    }
    if (http->secret_header.value) {
        cs_tuple2_string_string_t pair = {cs_str_of(http->secret_header.name), cs_str_of(http->secret_header.value)};
        return (host_http_credential_t){HOST_HTTP_CREDENTIAL_HEADER, {.header = pair}};
    }
    if (http->secret_url) return (host_http_credential_t){HOST_HTTP_CREDENTIAL_URL, {.url = cs_str_of(http->secret_url)}};
    return none;
}

static host_http_request_t raw_request(const cs_http *http, const cs_http_request *request) {
    const char *content_type;
    cs_str bytes = body(request, &content_type);
    host_http_list_header_t headers = {0};
    put_header(&headers, cs_s("accept"), cs_s("application/json"));
    put_headers(&headers, http->headers);
    if (content_type) put_header(&headers, cs_s("content-type"), cs_s(content_type));
    if (request->idempotency_key.len > 0) put_header(&headers, cs_s("idempotency-key"), request->idempotency_key);
    put_headers(&headers, request->headers);
    bool reads = request->method == CS_GET || request->method == CS_HEAD;
    return (host_http_request_t){
        .method = request->method,
        .url = address(http, request),
        .headers = headers,
        .body = cs_as_list(bytes),
        .credential = credential(http),
        .connect_timeout_ms = {http->connect_timeout_ms > 0, http->connect_timeout_ms},
        .timeout_ms = {http->timeout_ms > 0, http->timeout_ms},
        .max_redirects = reads ? REDIRECTS_MAX : 0,
    };
}

static bool failed(cs_str request, const host_http_error_t *error) {
    cs_str none = {0};
#define SAY(what, cause) cs_log_error("http", request, cs_concat(request, " " what, (cause).len > 0 ? ": " : "", cause))
    switch (error->tag) {
    case HOST_HTTP_ERROR_DENIED:
        SAY("is not granted", error->val.denied.grant);
        return cs_host_denied(&error->val.denied);
    case HOST_HTTP_ERROR_INVALID:
        /* An address that somebody typed is the usual reason, and another try sends the same. */
        SAY("cannot be sent", error->val.invalid);
        return cs_fail(424, "The provider's address in the module's settings is not usable.");
    case HOST_HTTP_ERROR_RESOLVE:
        SAY("found no address", error->val.resolve);
        return cs_fail(503, "The provider's host name could not be resolved.");
    case HOST_HTTP_ERROR_CONNECT:
        SAY("could not connect", error->val.connect);
        return cs_fail(503, "The provider could not be reached.");
    case HOST_HTTP_ERROR_TLS:
        SAY("could not be secured", error->val.tls);
        return cs_fail(502, "No secure connection to the provider could be made.");
    case HOST_HTTP_ERROR_TIMEOUT:
        SAY("got no answer in time", none);
        return cs_fail(504, "The provider did not answer in time.");
    case HOST_HTTP_ERROR_TOO_LARGE:
        SAY("got too large an answer", none);
        return cs_fail(502, "The provider's answer was too large.");
    case HOST_HTTP_ERROR_BUDGET:
        SAY("is over the budget", error->val.budget);
        return cs_fail(429, "The call used up its budget of requests.");
    default: SAY("broke off", error->val.other); return cs_fail(502, "The connection to the provider broke off.");
    }
#undef SAY
}

bool cs_http_send(const cs_http *http, const cs_http_request *request, cs_answer *answer) {
    host_http_request_t raw = raw_request(http, request);
    bool writes_once = request->method == CS_POST || request->method == CS_PATCH;
    bool repeatable = !writes_once || request->repeatable || request->idempotency_key.len > 0;
    cs_str name = cs_concat(method_name(request->method), " ", raw.url);
    for (int left = repeatable && !http->never_again ? 1 : 0;; left--) {
        host_http_response_t response;
        host_http_error_t error;
        if (host_http_send(&raw, &response, &error)) {
            *answer = (cs_answer){response.status, cs_as_str(response.body), response.headers, name};
            bool passing =
                answer->status >= 502 && answer->status <= 504 && cs_answer_header(answer, "retry-after").len == 0;
            if (!passing || left == 0) return true;
        } else {
            bool passing = error.tag == HOST_HTTP_ERROR_CONNECT || error.tag == HOST_HTTP_ERROR_OTHER;
            if (!passing || left == 0) return failed(name, &error);
        }
    }
}

bool cs_http_get(const cs_http *http, cs_str path, cs_answer *answer) {
    return cs_http_send(http, &(cs_http_request){.method = CS_GET, .path = path}, answer);
}

bool cs_http_post(const cs_http *http, cs_str path, cs_value json, cs_answer *answer) {
    return cs_http_send(http, &(cs_http_request){.method = CS_POST, .path = path, .json = json}, answer);
}

bool cs_http_put(const cs_http *http, cs_str path, cs_value json, cs_answer *answer) {
    return cs_http_send(http, &(cs_http_request){.method = CS_PUT, .path = path, .json = json}, answer);
}

bool cs_http_patch(const cs_http *http, cs_str path, cs_value json, cs_answer *answer) {
    return cs_http_send(http, &(cs_http_request){.method = CS_PATCH, .path = path, .json = json}, answer);
}

bool cs_http_delete(const cs_http *http, cs_str path, cs_answer *answer) {
    return cs_http_send(http, &(cs_http_request){.method = CS_DELETE, .path = path}, answer);
}

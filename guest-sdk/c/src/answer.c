/* What a provider answered, and the problem that it stands for. */
#include "internal.h"

/* Longest piece of an answer that is copied into the log, and longest text of a provider's that is shown to people. */
#define LOGGED_MAX 2000
#define SHOWN_MAX 200

cs_str cs_answer_header(const cs_answer *answer, const char *name) {
    for (size_t i = 0; i < answer->headers.len; i++) {
        if (cs_equal_nocase(answer->headers.ptr[i].name, cs_str_of(name))) return answer->headers.ptr[i].value;
    }
    return (cs_str){0};
}

bool cs_answer_retry_after(const cs_answer *answer, uint32_t *seconds) {
    cs_value said = cs_read(cs_trim(cs_answer_header(answer, "retry-after")));
    if (said.kind != CS_INT || said.integer < 0 || said.integer > UINT32_MAX) return false;
    *seconds = (uint32_t)said.integer;
    return true;
}

cs_str cs_answer_text(const cs_answer *answer) { return cs_utf8(answer->body); }

static void log_answer(const cs_answer *answer, const char *note) {
    cs_str body = cs_cut(cs_answer_text(answer), LOGGED_MAX);
    cs_log_error("http", answer->request, cs_object("status", answer->status, "body", body, "note", note));
}

bool cs_answer_json(const cs_answer *answer, cs_value *value) {
    if (cs_parse(answer->body, value)) return true;
    log_answer(answer, "The answer does not read");
    return cs_fail(502, "The provider answered something that the module does not understand.");
}

/* Runs of white space as one space, without what else controls a terminal. */
static cs_str one_line(cs_str text) {
    cs_buffer line = {0};
    text = cs_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        if (space && line.len > 0 && line.ptr[line.len - 1] != ' ') cs_add(&line, " ", 1);
        if (!space && byte >= 0x20 && byte != 0x7F) cs_add(&line, &byte, 1);
    }
    return cs_cut(cs_added(&line), SHOWN_MAX);
}

cs_str cs_answer_reason(const cs_answer *answer) {
    static const char *const keys[] = {"error", "message", "detail", "title"};
    cs_value body = cs_read(answer->body);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cs_value said = cs_get(body, keys[i]);
        if (said.kind == CS_OBJECT) said = cs_get(said, "message");
        if (said.kind == CS_TEXT) return one_line(said.text);
    }
    return (cs_str){0};
}

bool cs_answer_ok(const cs_answer *answer) {
    uint16_t status = answer->status;
    if (status >= 200 && status < 300) return true;
    log_answer(answer, "The provider refused");
    cs_str said = cs_answer_reason(answer);
    switch (status) {
    case 401:
    case 403:
    case 407: return cs_fail(424, "The provider refused the module's credentials.");
    case 404:
    case 410:
        if (said.len > 0) return cs_fail(404, "The provider does not know it: ", said);
        return cs_fail(404, "The provider does not know it.");
    case 408: return cs_fail(504, "The provider did not get the request in time.");
    case 429: return cs_fail(429, "The provider asks for a pause.");
    case 501: return cs_fail(405, "The provider does not offer this.");
    }
    if (status >= 400 && status < 500) {
        if (said.len > 0) return cs_fail(status, "The provider refused: ", said);
        return cs_fail(status, "The provider refused the request.");
    }
    if (status >= 500 && status < 600) return cs_fail(503, "The provider has a failure of its own.");
    return cs_fail(502, "The provider answered something that the module does not understand.");
}

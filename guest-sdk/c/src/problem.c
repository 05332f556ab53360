/* The problem that stands. One is enough: an instance lives for one call, and the last word is the caller's. */
#include <stdlib.h>

#include "internal.h"

static cs_problem standing;
static cs_list_field_error_t rejected;

bool cs_fail_with(uint16_t code, cs_str message) {
    standing = (cs_problem){.code = code, .message = message};
    return false;
}

void cs_reject_with(const char *field, cs_str message) {
    CS_APPEND(rejected, (cs_field_error_t){cs_str_of(field), message});
}

bool cs_accepted(void) {
    if (rejected.len == 0) return true;
    cs_fail(422, "Some fields need another look.");
    standing.errors = rejected;
    rejected = (cs_list_field_error_t){0};
    return false;
}

const cs_problem *cs_standing(void) { return &standing; }

void cs_forgive(void) { standing = (cs_problem){0}; }

bool cs_host_failed(const char *interface, uint16_t code, const char *message, cs_str cause) {
    cs_log_error(interface, cs_null(), cause);
    return cs_fail(code, message);
}

bool cs_host_denied(const cs_denied_t *denied) {
    cs_str reason = denied->reason;
    while (reason.len > 0 && reason.ptr[reason.len - 1] == '.') reason.len--;
    return cs_fail(403, "The grant '", denied->grant, "' is missing: ", reason, ".");
}

bool cs_not_offered(const char *interface, cs_str cause) {
    return cs_host_failed(interface, 501, "This panel does not offer what the module asked of it.", cause);
}

void __wasm_call_ctors(void);

void cs_begin(void) {
    __wasm_call_ctors();
    cs_forgive();
}

bool cs_end(bool done, cs_problem *problem) {
    if (done) return true;
    if (standing.code == 0) cs_fail(500, "The module failed and did not say why.");
    standing.message = cs_utf8(standing.message);
    *problem = standing;
    return false;
}

/* What the macro assert calls: the call ends, and the module's log says where. */
_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function) {
    cs_log_error("assert", cs_object("file", file, "line", line, "function", function), expression);
    abort();
}

/* Rules that the panel judges. */
#include "internal.h"

bool cs_validate_all(cs_value data, cs_value *valid, const cs_rule *rules, size_t count) {
    host_validation_list_rule_t all = {0};
    for (size_t i = 0; i < count; i++) {
        host_validation_rule_t rule = {cs_str_of(rules[i].field), cs_str_of(rules[i].rules),
                                       cs_optional(cs_str_of(rules[i].message))};
        CS_APPEND(all, rule);
    }
    cs_str json = cs_json(data), checked;
    host_validation_error_t error;
    if (host_validation_validate(&json, &all, &checked, &error)) {
        *valid = cs_read(checked);
        return true;
    }
    switch (error.tag) {
    case HOST_VALIDATION_ERROR_REJECTED:
        for (size_t i = 0; i < error.val.rejected.len; i++) {
            cs_field_error_t *wrong = &error.val.rejected.ptr[i];
            cs_reject_with(cs_c_str(wrong->field), wrong->message);
        }
        return cs_accepted();
    case HOST_VALIDATION_ERROR_INVALID:
        return cs_host_failed("validation", 500, "The module's rules for this form are wrong.", error.val.invalid);
    default: return cs_not_offered("validation", error.val.unavailable);
    }
}

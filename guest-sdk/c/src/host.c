/* Log, configuration, cache and the rest that every module may use. */
#include <string.h>

#include "internal.h"

void cs_log(uint8_t level, cs_str action, cs_value request, cs_value response) {
    action = cs_utf8(action);
    cs_str asked = cs_json(request), answered = cs_json(response);
    host_log_emit(level, &action, &asked, &answered);
}

cs_value cs_config(const char *key) {
    cs_str name = cs_str_of(key), json;
    return host_config_get(&name, &json) ? cs_read(json) : (cs_value){0};
}

cs_value cs_setting(const char *key) { return cs_config(cs_c_str(cs_concat("settings.", key))); }

bool cs_require(const char *setting, cs_str *text) {
    cs_value value = cs_setting(setting);
    *text = cs_given(value) ? cs_text(value) : (cs_str){0};
    return text->len > 0 || cs_fail(424, "The setting '", setting, "' of this module is missing.");
}

bool cs_config_has(const char *key) {
    cs_str name = cs_str_of(key);
    return host_config_has(&name);
}

static bool cache_failed(const host_cache_error_t *error) {
    switch (error->tag) {
    case HOST_CACHE_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_CACHE_ERROR_INVALID:
        return cs_host_failed("cache", 500, "The module asked the panel something impossible.", error->val.invalid);
    case HOST_CACHE_ERROR_QUOTA: return cs_host_failed("cache", 429, "The module's cache is full.", error->val.quota);
    case HOST_CACHE_ERROR_UNAVAILABLE: return cs_not_offered("cache", error->val.unavailable);
    default: return cs_host_failed("cache", 500, "The cache failed.", error->val.other);
    }
}

bool cs_cache_get(const char *key, cs_value *value) {
    cs_str name = cs_str_of(key);
    host_cache_option_json_t found;
    host_cache_error_t error;
    if (!host_cache_get(&name, &found, &error)) return cache_failed(&error);
    *value = found.is_some ? cs_read(found.val) : cs_null();
    return true;
}

bool cs_cache_put(const char *key, cs_value value, uint32_t ttl_s, cs_value tags) {
    cs_str name = cs_str_of(key), json = cs_json(value);
    cs_list_string_t words = cs_texts(tags);
    host_cache_error_t error;
    return host_cache_set(&name, &json, ttl_s, &words, &error) || cache_failed(&error);
}

bool cs_cache_add(const char *key, cs_value value, uint32_t ttl_s, bool *added) {
    cs_str name = cs_str_of(key), json = cs_json(value);
    host_cache_error_t error;
    return host_cache_add(&name, &json, ttl_s, added, &error) || cache_failed(&error);
}

bool cs_cache_increment(const char *key, int64_t by, uint32_t ttl_s, int64_t *value) {
    cs_str name = cs_str_of(key);
    host_cache_error_t error;
    return host_cache_increment(&name, by, ttl_s, value, &error) || cache_failed(&error);
}

bool cs_cache_forget(const char *key) {
    cs_str name = cs_str_of(key);
    host_cache_error_t error;
    return host_cache_forget(&name, &error) || cache_failed(&error);
}

bool cs_cache_flush(const char *tag) {
    cs_str name = cs_str_of(tag);
    host_cache_error_t error;
    return host_cache_flush(&name, &error) || cache_failed(&error);
}

cs_str cs_translate(const char *key, cs_value arguments) { return cs_translate_in((cs_str){0}, key, arguments); }

cs_str cs_translate_in(cs_str locale, const char *key, cs_value arguments) {
    cs_str name = cs_str_of(key), json = cs_given(arguments) ? cs_json(arguments) : cs_s("{}"), text;
    host_i18n_translate(&name, &json, locale.len > 0 ? &locale : NULL, &text);
    return text;
}

bool cs_dispatch(const char *event, cs_value payload) {
    cs_str name = cs_str_of(event), json = cs_json(payload), id;
    host_events_error_t error;
    if (host_events_dispatch(&name, &json, &id, &error)) return true;
    switch (error.tag) {
    case HOST_EVENTS_ERROR_DENIED: return cs_host_denied(&error.val.denied);
    case HOST_EVENTS_ERROR_INVALID:
        return cs_host_failed("events", 500, "The module asked the panel something impossible.", error.val.invalid);
    case HOST_EVENTS_ERROR_QUOTA:
        return cs_host_failed("events", 429, "The module published too many events.", error.val.quota);
    case HOST_EVENTS_ERROR_UNAVAILABLE: return cs_not_offered("events", error.val.unavailable);
    default: return cs_host_failed("events", 500, "The event could not be published.", error.val.other);
    }
}

/* What every module can ask of the host: log, configuration, cache, keys and randomness, time, strings. */
#ifndef CAISSON_HOST_H
#define CAISSON_HOST_H

#include "problem.h"

/* Appends an entry: what was done, what was asked, what came back. The host redacts secrets. */
#define cs_log_debug(action, request, response)                                                                        \
    cs_log(HOST_LOG_LEVEL_DEBUG, cs_s(action), cs_v(request), cs_v(response))
#define cs_log_info(action, request, response) cs_log(HOST_LOG_LEVEL_INFO, cs_s(action), cs_v(request), cs_v(response))
#define cs_log_warning(action, request, response)                                                                      \
    cs_log(HOST_LOG_LEVEL_WARNING, cs_s(action), cs_v(request), cs_v(response))
#define cs_log_error(action, request, response)                                                                        \
    cs_log(HOST_LOG_LEVEL_ERROR, cs_s(action), cs_v(request), cs_v(response))
void cs_log(uint8_t level, cs_str action, cs_value request, cs_value response);

/* A key of the manifest's [config], or `settings.<key>`; none where nothing is set. A secret is always none: name its
 * setting in a request, and the host puts the value in. */
cs_value cs_config(const char *key);
/* A setting of the module. */
cs_value cs_setting(const char *key);
/* The text of a setting that the module cannot do without; 424 that names it. */
bool cs_require(const char *setting, cs_str *text);
/* Whether a value is set, secret or not. */
bool cs_config_has(const char *key);

/* Short-lived values of this module, shared between its calls. Grant: `cache = true`. A null where there is none. */
bool cs_cache_get(const char *key, cs_value *value);
/* Keeps a value for so many seconds. */
#define cs_cache_set(key, value, ttl_s) cs_cache_put(key, cs_v(value), ttl_s, cs_list())
/* As cs_cache_set, with a list of tags for cs_cache_flush. */
bool cs_cache_put(const char *key, cs_value value, uint32_t ttl_s, cs_value tags);
/* Keeps a value where the key has none; `added` says whether it did. */
bool cs_cache_add(const char *key, cs_value value, uint32_t ttl_s, bool *added);
/* Adds to a counter, whose new value it says. */
bool cs_cache_increment(const char *key, int64_t by, uint32_t ttl_s, int64_t *value);
bool cs_cache_forget(const char *key);
/* Forgets everything that was set with the tag. */
bool cs_cache_flush(const char *tag);

typedef enum { CS_SHA1, CS_SHA256, CS_SHA384, CS_SHA512 } cs_algorithm;
/* Seals bytes under a key of this module alone. */
bool cs_encrypt(cs_str plain, cs_str *sealed);
bool cs_decrypt(cs_str sealed, cs_str *plain);
bool cs_digest(cs_algorithm algorithm, cs_str bytes, cs_str *digest);
/* `setting` is the secret setting that holds the key. */
bool cs_hmac(cs_algorithm algorithm, const char *setting, cs_str bytes, cs_str *digest);
/* Compares in constant time. */
bool cs_equal_secret(cs_str a, cs_str b);
/* At most 4096 bytes. */
bool cs_random(uint32_t length, cs_str *bytes);
/* 8 to 128 characters, each kind in it, none that look alike. */
bool cs_password(uint32_t length, cs_str *password);
/* `prefix`, then random lower-case letters and digits, of so many characters together. */
bool cs_name(const char *prefix, uint32_t length, cs_str *name);
/* In the order of time. */
cs_str cs_uuid(void);
cs_str cs_hex(cs_str bytes);

/* Milliseconds since the Unix epoch, UTC. */
uint64_t cs_now(void);

/* A string of `lang/`, in the language of whoever the call is for: cs_translate("greeting", cs_object("name", name)).
 */
cs_str cs_translate(const char *key, cs_value arguments);
/* As cs_translate, in a language. */
cs_str cs_translate_in(cs_str locale, const char *key, cs_value arguments);

/* Publishes an event. Grant: `[capabilities.events] publishes`. */
bool cs_dispatch(const char *event, cs_value payload);

#endif

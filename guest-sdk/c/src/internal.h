/* What the files of the kit share and authors do not see. */
#ifndef CAISSON_INTERNAL_H
#define CAISSON_INTERNAL_H

#include "caisson.h"

/* A text in the making. */
typedef struct {
    char *ptr;
    size_t len, room;
} cs_buffer;

void cs_add(cs_buffer *buffer, const void *bytes, size_t len);
void cs_add_chars(cs_buffer *buffer, const char *text);
void cs_add_json(cs_buffer *buffer, cs_value value);
/* Percent-encodes all but the characters that stand for themselves everywhere (RFC 3986, section 2.3). */
void cs_add_encoded(cs_buffer *buffer, cs_str text);
cs_str cs_added(const cs_buffer *buffer);

/* Room for one more item of an array of `len` that doubles as it fills. */
void *cs_grown(void *items, size_t len, size_t item);
/* Adds an item to anything with `ptr` and `len`. */
#define CS_APPEND(list, ...)                                                                                           \
    do {                                                                                                               \
        (list).ptr = cs_grown((list).ptr, (list).len, sizeof *(list).ptr);                                             \
        (list).ptr[(list).len++] = (__VA_ARGS__);                                                                      \
    } while (0)

/* How many bytes of UTF-8 begin here: 0 where none do. */
size_t cs_utf8_length(const uint8_t *at, const uint8_t *end);

/* Bytes as the contract has them. */
static inline cs_list_u8_t cs_as_list(cs_str bytes) { return (cs_list_u8_t){bytes.ptr, bytes.len}; }
static inline cs_str cs_as_str(cs_list_u8_t bytes) { return (cs_str){bytes.ptr, bytes.len}; }
/* A text where there is one. */
static inline cs_option_string_t cs_optional(cs_str text) { return (cs_option_string_t){text.len > 0, text}; }
/* Texts of a list of them, or of one. */
cs_list_string_t cs_texts(cs_value list);

/* The problem of a host function that did not do it: logged with its cause, shown without. */
bool cs_host_failed(const char *interface, uint16_t code, const char *message, cs_str cause);
bool cs_host_denied(const cs_denied_t *denied);
bool cs_not_offered(const char *interface, cs_str cause);

/* Begins a call, whose instance is new. */
void cs_begin(void);
/* Ends it: what stands where it failed. */
bool cs_end(bool done, cs_problem *problem);
bool cs_view_or_none(bool done, const cs_view *view);

/* Whether this call has set the service's status itself. */
bool cs_status_was_set(cs_str id);
bool cs_run_job(const cs_job *job, cs_value *result);

#endif

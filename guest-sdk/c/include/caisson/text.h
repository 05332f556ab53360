/* Texts: views of UTF-8 that somebody else keeps. */
#ifndef CAISSON_TEXT_H
#define CAISSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cs.h"

/* A text: `ptr` and `len`, without a NUL at its end. */
typedef cs_string_t cs_str;

/* A view of a text that ends in NUL; of none where it is NULL. */
cs_str cs_str_of(const char *text);
static inline cs_str cs_str_same(cs_str text) { return text; }

/* A view, of a view or of a C string. */
#define cs_s(text) _Generic((text), cs_str: cs_str_same, char *: cs_str_of, const char *: cs_str_of)(text)

/* For printf: `cs_format("%.*s", CS_ARG(text))`. */
#define CS_ARG(text) (int)(text).len, (const char *)(text).ptr

bool cs_equal_str(cs_str a, cs_str b);
/* Whether two texts are the same, each a view or a C string. */
#define cs_equal(a, b) cs_equal_str(cs_s(a), cs_s(b))
/* As cs_equal, whatever the case of letters A to Z. */
bool cs_equal_nocase(cs_str a, cs_str b);
bool cs_starts_with(cs_str text, const char *start);

/* Without white space at both ends. */
cs_str cs_trim(cs_str text);
/* With A to Z as a to z. */
cs_str cs_lower(cs_str text);
/* The part of at most so many bytes that ends with a whole character. */
cs_str cs_cut(cs_str text, size_t bytes);
/* Takes the first character off a text: its code point. False where nothing is left. */
bool cs_next_char(cs_str *text, uint32_t *code);
/* The same bytes as UTF-8: what is none becomes U+FFFD. The host takes no other text. */
cs_str cs_utf8(cs_str bytes);

/* A copy that ends in NUL. */
char *cs_c_str(cs_str text);
/* A new text, as printf makes it. */
cs_str cs_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Path segments joined by `/`, each percent-encoded, so that no name climbs out of its place: cs_path("mailboxes",
 * address). */
#define cs_path(...) cs_path_of((const cs_value[]){CS_VALUES(__VA_ARGS__)})
/* Texts, numbers and booleans, one after the other: cs_concat("Refreshed ", address, "."). */
#define cs_concat(...) cs_concat_of((const cs_value[]){CS_VALUES(__VA_ARGS__)})

/* Memory that nobody has to free. Ends the call where there is none left. */
void *cs_alloc(size_t bytes);

#endif

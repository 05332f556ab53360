/* Checks input against rules that the panel judges, with messages in the reader's language. Needs no grant. */
#ifndef CAISSON_VALIDATION_H
#define CAISSON_VALIDATION_H

#include "problem.h"

/* `field` is dotted, with `*` for each item; `rules` are listed in wit/validation.wit. */
typedef struct {
    const char *field, *rules;
    const char *message; /* instead of the panel's words */
} cs_rule;

/* The fields of `data` that rules name become `valid`; 422 with an error for each field that was rejected:
 * cs_validate(data, &valid, {"address", "required|email"}, {"quota", "integer"}). */
#define cs_validate(data, valid, ...)                                                                                  \
    cs_validate_all(data, valid, (const cs_rule[]){__VA_ARGS__}, sizeof((cs_rule[]){__VA_ARGS__}) / sizeof(cs_rule))
bool cs_validate_all(cs_value data, cs_value *valid, const cs_rule *rules, size_t count);

#endif

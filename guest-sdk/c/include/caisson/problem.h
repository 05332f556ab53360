/* Why a call could not do its work. Messages are for whoever asked, so they name no internals; the cause goes to the
 * log. */
#ifndef CAISSON_PROBLEM_H
#define CAISSON_PROBLEM_H

#include "value.h"

typedef cs_problem_t cs_problem;

/* Leaves a problem standing, in the place of one that stood, and returns false: `return cs_fail(404, "There is no ",
 * name, ".")`. The code follows HTTP. In a job, 4xx codes other than 408 and 429 are final; all others are tried again.
 */
#define cs_fail(code, ...) cs_fail_with(code, cs_concat(__VA_ARGS__))
bool cs_fail_with(uint16_t code, cs_str message);
/* 422 for one field. */
#define cs_invalid(field, ...) (cs_reject(field, __VA_ARGS__), cs_accepted())
/* Notes what is wrong with a field, for cs_accepted. */
#define cs_reject(field, ...) cs_reject_with(field, cs_concat(__VA_ARGS__))
void cs_reject_with(const char *field, cs_str message);
/* Whether no field was rejected; 422 with all that were. */
bool cs_accepted(void);

/* Returns false from here where it failed. */
#define CS_TRY(...)                                                                                                    \
    do {                                                                                                               \
        if (!(__VA_ARGS__)) return false;                                                                              \
    } while (0)

/* The problem that stands; code 0 where none does. */
const cs_problem *cs_standing(void);
/* Takes the problem back: what failed did no harm. */
void cs_forgive(void);

#endif

/* Write Caisson modules in C: see README.md for a first one.
 *
 * Whatever can fail returns whether it was done. Where it was not, the problem stands: return false too, and the caller
 * is told it; or say another one with cs_fail. Nothing has to be freed: an instance lives for one call, and its memory
 * goes with it.
 *
 * Names that stand in the program, such as keys, columns and methods, are `const char *`; texts that come from anywhere
 * are views, `cs_str`. What takes a value takes either of them, numbers, booleans and `cs_value` alike. */
#ifndef CAISSON_H
#define CAISSON_H

#include "caisson/text.h"
#include "caisson/value.h"
#include "caisson/problem.h"
#include "caisson/host.h"
#include "caisson/people.h"
#include "caisson/http.h"
#include "caisson/db.h"
#include "caisson/tasks.h"
#include "caisson/services.h"
#include "caisson/validation.h"
#include "caisson/exchange.h"
#ifdef CAISSON_PAYMENT
#include "caisson/payments.h"
#endif
#include "caisson/module.h"

#endif

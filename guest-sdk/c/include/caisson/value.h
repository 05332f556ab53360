/* Values: what JSON documents and rows are made of. */
#ifndef CAISSON_VALUE_H
#define CAISSON_VALUE_H

#include "text.h"

typedef enum {
    CS_NONE, /* not there; what all zeros are */
    CS_NULL,
    CS_BOOL,
    CS_INT,
    CS_REAL,
    CS_TEXT,
    CS_DECIMAL, /* an exact number as text, of a row */
    CS_BYTES,   /* of a row */
    CS_LIST,
    CS_OBJECT,
    CS_END, /* ends the arguments of a macro */
} cs_kind;

typedef struct cs_value cs_value;
typedef struct cs_member cs_member;

struct cs_value {
    cs_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double real;
        cs_str text; /* of CS_TEXT, CS_DECIMAL and CS_BYTES */
        struct {
            cs_value *items;
            size_t len;
        } list;
        struct {
            cs_member *members;
            size_t len;
        } object;
    };
};

struct cs_member {
    cs_str name;
    cs_value value;
};

static inline cs_value cs_v_same(cs_value value) { return value; }
static inline cs_value cs_v_bool(bool value) { return (cs_value){.kind = CS_BOOL, .boolean = value}; }
static inline cs_value cs_v_int(int64_t value) { return (cs_value){.kind = CS_INT, .integer = value}; }
static inline cs_value cs_v_real(double value) { return (cs_value){.kind = CS_REAL, .real = value}; }
static inline cs_value cs_v_str(cs_str value) { return (cs_value){.kind = CS_TEXT, .text = value}; }
/* NULL is a null. */
cs_value cs_v_chars(const char *value);

/* The value of anything: a number, a boolean, a text, or a value. */
#define cs_v(x)                                                                                                        \
    _Generic((x),                                                                                                      \
        cs_value: cs_v_same,                                                                                           \
        cs_str: cs_v_str,                                                                                              \
        char *: cs_v_chars,                                                                                            \
        const char *: cs_v_chars,                                                                                      \
        bool: cs_v_bool,                                                                                               \
        float: cs_v_real,                                                                                              \
        double: cs_v_real,                                                                                             \
        default: cs_v_int)(x)

static inline cs_value cs_null(void) { return (cs_value){.kind = CS_NULL}; }
/* An exact number, such as cs_decimal("12.50"). */
cs_value cs_decimal(const char *text);
static inline cs_value cs_bytes(cs_str bytes) { return (cs_value){.kind = CS_BYTES, .text = bytes}; }

/* Names and values by turns: cs_object("address", address, "quota", 5). At most 80 arguments; cs_set adds more. */
#define cs_object(...) cs_object_of((const cs_value[]){CS_VALUES(__VA_ARGS__)})
/* cs_list("a", "b"). */
#define cs_list(...) cs_list_of((const cs_value[]){CS_VALUES(__VA_ARGS__)})

/* Whether a value is there, and no null. */
static inline bool cs_given(cs_value value) { return value.kind > CS_NULL; }
/* The member of that name; none where there is none, or where it is no object. */
cs_value cs_get(cs_value object, const char *name);
/* The member's text; empty where it is none. */
cs_str cs_get_str(cs_value object, const char *name);
/* The member as a number, also where it is a text that reads as one; `otherwise` where it is none. */
int64_t cs_get_int(cs_value object, const char *name, int64_t otherwise);
double cs_get_real(cs_value object, const char *name, double otherwise);
/* Whether the member is true. */
bool cs_get_bool(cs_value object, const char *name);
/* Puts a member into an object, in the place of one of that name. */
void cs_set_value(cs_value *object, const char *name, cs_value value);
#define cs_set(object, name, value) cs_set_value(object, name, cs_v(value))
/* Adds to a list. */
void cs_push_value(cs_value *list, cs_value value);
#define cs_push(list, value) cs_push_value(list, cs_v(value))
/* How many items or members it has. */
size_t cs_len(cs_value value);
/* An item of a list; none where it has not so many. */
cs_value cs_at(cs_value list, size_t index);
/* `for` over the items of a list. */
#define cs_each(item, from)                                                                                            \
    for (const cs_value *item = (from).list.items,                                                                     \
                        *item##_end = (from).kind == CS_LIST ? item + (from).list.len : item;                          \
         item != item##_end; item++)

/* Reads JSON. False where it is none, and no problem stands: whose fault it is, is for the caller to say. */
bool cs_parse(cs_str json, cs_value *value);
/* The JSON document's value; none where it does not read. */
cs_value cs_read(cs_str json);
/* The value as JSON; null where there is none. */
cs_str cs_json(cs_value value);
/* A text as it is, anything else as JSON. */
cs_str cs_text(cs_value value);

cs_value cs_object_of(const cs_value *pairs);
cs_value cs_list_of(const cs_value *values);
cs_str cs_path_of(const cs_value *segments);
cs_str cs_concat_of(const cs_value *parts);

/* Each argument as a value, and the end. */
#define CS_VALUES(...)                                                                                                 \
    __VA_OPT__(CS_EXPAND(CS_NEXT(__VA_ARGS__)), ) { .kind = CS_END }
#define CS_NEXT(x, ...) cs_v(x) __VA_OPT__(, CS_AGAIN CS_PARENTHESES(__VA_ARGS__))
#define CS_AGAIN() CS_NEXT
#define CS_PARENTHESES ()
#define CS_EXPAND(...) CS_EXPAND_A(CS_EXPAND_A(CS_EXPAND_A(CS_EXPAND_A(__VA_ARGS__))))
#define CS_EXPAND_A(...) CS_EXPAND_B(CS_EXPAND_B(CS_EXPAND_B(CS_EXPAND_B(__VA_ARGS__))))
#define CS_EXPAND_B(...) CS_EXPAND_C(CS_EXPAND_C(CS_EXPAND_C(CS_EXPAND_C(__VA_ARGS__))))
#define CS_EXPAND_C(...) __VA_ARGS__

#endif

/* Values, as programs build and read them. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

cs_value cs_v_chars(const char *value) { return value ? cs_v_str(cs_str_of(value)) : cs_null(); }

cs_value cs_decimal(const char *text) { return (cs_value){.kind = CS_DECIMAL, .text = cs_str_of(text)}; }

static void add_member(cs_value *object, cs_str name, cs_value value) {
    object->object.members = cs_grown(object->object.members, object->object.len, sizeof(cs_member));
    object->object.members[object->object.len++] = (cs_member){name, value};
}

cs_value cs_object_of(const cs_value *pairs) {
    cs_value object = {.kind = CS_OBJECT};
    for (; pairs[0].kind != CS_END && pairs[1].kind != CS_END; pairs += 2) {
        /* What is not there is left out, as a member that is none. */
        if (pairs[1].kind != CS_NONE) add_member(&object, cs_text(pairs[0]), pairs[1]);
    }
    return object;
}

cs_value cs_list_of(const cs_value *values) {
    cs_value list = {.kind = CS_LIST};
    for (; values->kind != CS_END; values++) cs_push_value(&list, *values);
    return list;
}

static cs_member *find(cs_value object, cs_str name) {
    if (object.kind != CS_OBJECT) return NULL;
    for (size_t i = object.object.len; i > 0; i--) {
        if (cs_equal_str(object.object.members[i - 1].name, name)) return &object.object.members[i - 1];
    }
    return NULL;
}

cs_value cs_get(cs_value object, const char *name) {
    cs_member *member = find(object, cs_str_of(name));
    return member ? member->value : (cs_value){0};
}

cs_str cs_get_str(cs_value object, const char *name) {
    cs_value value = cs_get(object, name);
    return value.kind == CS_TEXT || value.kind == CS_DECIMAL || value.kind == CS_BYTES ? value.text : (cs_str){0};
}

int64_t cs_get_int(cs_value object, const char *name, int64_t otherwise) {
    cs_value value = cs_get(object, name);
    if (value.kind == CS_TEXT || value.kind == CS_DECIMAL) {
        value = cs_read(cs_trim(value.text));
    }
    if (value.kind == CS_INT) return value.integer;
    /* Both ends are numbers that a double has exactly. */
    if (value.kind == CS_REAL && value.real >= -0x1p63 && value.real < 0x1p63) return (int64_t)value.real;
    return otherwise;
}

double cs_get_real(cs_value object, const char *name, double otherwise) {
    cs_value value = cs_get(object, name);
    if (value.kind == CS_TEXT || value.kind == CS_DECIMAL) {
        value = cs_read(cs_trim(value.text));
    }
    if (value.kind == CS_INT) return (double)value.integer;
    return value.kind == CS_REAL ? value.real : otherwise;
}

bool cs_get_bool(cs_value object, const char *name) {
    cs_value value = cs_get(object, name);
    return value.kind == CS_BOOL && value.boolean;
}

void cs_set_value(cs_value *object, const char *name, cs_value value) {
    if (object->kind != CS_OBJECT) *object = (cs_value){.kind = CS_OBJECT};
    cs_member *member = find(*object, cs_str_of(name));
    if (member) member->value = value;
    else add_member(object, cs_str_of(name), value);
}

void cs_push_value(cs_value *list, cs_value value) {
    if (list->kind != CS_LIST) *list = (cs_value){.kind = CS_LIST};
    list->list.items = cs_grown(list->list.items, list->list.len, sizeof(cs_value));
    list->list.items[list->list.len++] = value;
}

size_t cs_len(cs_value value) {
    return value.kind == CS_LIST ? value.list.len : value.kind == CS_OBJECT ? value.object.len : 0;
}

cs_value cs_at(cs_value list, size_t index) {
    return list.kind == CS_LIST && index < list.list.len ? list.list.items[index] : (cs_value){0};
}

cs_str cs_text(cs_value value) {
    if (value.kind == CS_TEXT || value.kind == CS_DECIMAL) return value.text;
    return value.kind == CS_NONE ? (cs_str){0} : cs_json(value);
}

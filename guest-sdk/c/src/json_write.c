/* Writes JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static void add_text(cs_buffer *out, cs_str text) {
    cs_add_chars(out, "\"");
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        cs_add(out, text.ptr + start, i - start);
        start = i + 1;
        if (byte == '\n') cs_add_chars(out, "\\n");
        else if (byte >= 0x20) cs_add(out, (char[]){'\\', (char)byte}, 2);
        else cs_add(out, (char[]){'\\', 'u', '0', '0', '0' + (byte >> 4), "0123456789abcdef"[byte & 15]}, 6);
    }
    cs_add(out, text.ptr + start, text.len - start);
    cs_add_chars(out, "\"");
}

static void add_integer(cs_buffer *out, int64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do digits[--at] = '0' + left % 10;
    while (left /= 10);
    if (number < 0) digits[--at] = '-';
    cs_add(out, digits + at, sizeof digits - at);
}

/* The shortest digits that read as the same number. JSON has no word for what is no number. */
static void add_real(cs_buffer *out, double number) {
    if (!isfinite(number)) return cs_add_chars(out, "null");
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    cs_add_chars(out, text);
}

static void add_bytes(cs_buffer *out, cs_str bytes) {
    cs_add_chars(out, "[");
    for (size_t i = 0; i < bytes.len; i++) {
        if (i > 0) cs_add_chars(out, ",");
        add_integer(out, bytes.ptr[i]);
    }
    cs_add_chars(out, "]");
}

static void add_list(cs_buffer *out, cs_value list) {
    cs_add_chars(out, "[");
    for (size_t i = 0; i < list.list.len; i++) {
        if (i > 0) cs_add_chars(out, ",");
        cs_add_json(out, list.list.items[i]);
    }
    cs_add_chars(out, "]");
}

static void add_object(cs_buffer *out, cs_value object) {
    cs_add_chars(out, "{");
    for (size_t i = 0; i < object.object.len; i++) {
        if (i > 0) cs_add_chars(out, ",");
        add_text(out, object.object.members[i].name);
        cs_add_chars(out, ":");
        cs_add_json(out, object.object.members[i].value);
    }
    cs_add_chars(out, "}");
}

void cs_add_json(cs_buffer *out, cs_value value) {
    switch (value.kind) {
    case CS_BOOL: return cs_add_chars(out, value.boolean ? "true" : "false");
    case CS_INT: return add_integer(out, value.integer);
    case CS_REAL: return add_real(out, value.real);
    case CS_TEXT:
    case CS_DECIMAL: return add_text(out, value.text);
    case CS_BYTES: return add_bytes(out, value.text);
    case CS_LIST: return add_list(out, value);
    case CS_OBJECT: return add_object(out, value);
    case CS_NONE:
    case CS_NULL:
    case CS_END: return cs_add_chars(out, "null");
    }
}

cs_str cs_json(cs_value value) {
    cs_buffer out = {0};
    cs_add_json(&out, value);
    return cs_added(&out);
}

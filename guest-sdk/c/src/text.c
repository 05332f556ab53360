/* Texts and buffers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The stream that libc's printf family complains to, which stands here so that snprintf does not bring the system's
 * whole input and output along. Weak: a module that names stderr gets libc's own, and is told by the builder that there
 * is no such thing. */
__attribute__((weak)) char __stderr_FILE[256];

cs_str cs_str_of(const char *text) { return (cs_str){(uint8_t *)text, text ? strlen(text) : 0}; }

bool cs_equal_str(cs_str a, cs_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

static uint8_t lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte; }

bool cs_equal_nocase(cs_str a, cs_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    }
    return true;
}

bool cs_starts_with(cs_str text, const char *start) {
    size_t len = strlen(start);
    return text.len >= len && memcmp(text.ptr, start, len) == 0;
}

static bool is_space(uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

cs_str cs_trim(cs_str text) {
    while (text.len > 0 && is_space(text.ptr[0])) text.ptr++, text.len--;
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) text.len--;
    return text;
}

cs_str cs_lower(cs_str text) {
    uint8_t *copy = cs_alloc(text.len);
    for (size_t i = 0; i < text.len; i++) copy[i] = lower(text.ptr[i]);
    return (cs_str){copy, text.len};
}

cs_str cs_cut(cs_str text, size_t bytes) {
    if (text.len <= bytes) return text;
    while (bytes > 0 && (text.ptr[bytes] & 0xC0) == 0x80) bytes--;
    return (cs_str){text.ptr, bytes};
}

/* The table of the Unicode standard's section 3.9, "well-formed UTF-8 byte sequences". */
size_t cs_utf8_length(const uint8_t *at, const uint8_t *end) {
    uint8_t first = *at;
    if (first < 0x80) return 1;
    size_t len = first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
    if (len == 0 || (size_t)(end - at) < len) return 0;
    uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < least || at[1] > most) return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
    }
    return len;
}

bool cs_next_char(cs_str *text, uint32_t *code) {
    if (text->len == 0) return false;
    size_t len = cs_utf8_length(text->ptr, text->ptr + text->len);
    *code = len == 1 ? *text->ptr : len == 0 ? 0xFFFD : *text->ptr & (0x7F >> len);
    for (size_t i = 1; i < len; i++) *code = *code << 6 | (text->ptr[i] & 0x3F);
    text->ptr += len ? len : 1, text->len -= len ? len : 1;
    return true;
}

cs_str cs_utf8(cs_str bytes) {
    cs_buffer out = {0};
    const uint8_t *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        size_t len = cs_utf8_length(at, end);
        if (len == 0) cs_add(&out, "\xEF\xBF\xBD", 3);
        else cs_add(&out, at, len);
        at += len ? len : 1;
    }
    return cs_added(&out);
}

char *cs_c_str(cs_str text) {
    char *copy = cs_alloc(text.len + 1);
    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

cs_str cs_format(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    if (len < 0) abort();
    char *text = cs_alloc((size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(arguments);
    return (cs_str){(uint8_t *)text, (size_t)len};
}

cs_str cs_hex(cs_str bytes) {
    uint8_t *text = cs_alloc(2 * bytes.len);
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = "0123456789abcdef"[bytes.ptr[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes.ptr[i] & 15];
    }
    return (cs_str){text, 2 * bytes.len};
}

void cs_add(cs_buffer *buffer, const void *bytes, size_t len) {
    if (len == 0) return;
    if (buffer->room - buffer->len < len) {
        buffer->room = 2 * (buffer->len + len);
        buffer->ptr = realloc(buffer->ptr, buffer->room);
        if (!buffer->ptr) abort();
    }
    memcpy(buffer->ptr + buffer->len, bytes, len);
    buffer->len += len;
}

void cs_add_chars(cs_buffer *buffer, const char *text) { cs_add(buffer, text, strlen(text)); }

cs_str cs_added(const cs_buffer *buffer) { return (cs_str){(uint8_t *)buffer->ptr, buffer->len}; }

void cs_add_encoded(cs_buffer *buffer, cs_str text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool plain = (byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'z') ||
                     (byte && strchr("-._~", byte));
        if (plain) cs_add(buffer, &byte, 1);
        else cs_add(buffer, (char[]){'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]}, 3);
    }
}

cs_str cs_path_of(const cs_value *segments) {
    cs_buffer path = {0};
    for (const cs_value *segment = segments; segment->kind != CS_END; segment++) {
        if (segment != segments) cs_add_chars(&path, "/");
        cs_str text = cs_text(*segment);
        /* URL parsers take these for steps, encoded or not; a segment that is nothing but dots names nothing. */
        if (cs_equal(text, ".")) cs_add_chars(&path, "%252E");
        else if (cs_equal(text, "..")) cs_add_chars(&path, "%252E%252E");
        else cs_add_encoded(&path, text);
    }
    return cs_added(&path);
}

cs_str cs_concat_of(const cs_value *parts) {
    if (parts[0].kind == CS_TEXT && parts[1].kind == CS_END) return parts[0].text;
    cs_buffer text = {0};
    for (; parts->kind != CS_END; parts++) {
        cs_str part = cs_text(*parts);
        cs_add(&text, part.ptr, part.len);
    }
    return cs_added(&text);
}

cs_list_string_t cs_texts(cs_value list) {
    cs_list_string_t texts = {0};
    if (list.kind == CS_TEXT) CS_APPEND(texts, list.text);
    cs_each(item, list) CS_APPEND(texts, cs_text(*item));
    return texts;
}

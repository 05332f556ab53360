/* Reads JSON as RFC 8259 has it, and nothing besides: no comments, no trailing commas, no text that is not UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Deep enough for every document, and shallow enough for a stack of 64 KiB. */
#define DEPTH_MAX 100

typedef struct {
    const uint8_t *at, *end;
    unsigned depth;
} reader;

static bool read_value(reader *in, cs_value *value);

static void skip_space(reader *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t')) in->at++;
}

static bool take(reader *in, char expected) {
    if (in->at == in->end || *in->at != (uint8_t)expected) return false;
    in->at++;
    return true;
}

static bool take_word(reader *in, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0) return false;
    in->at += len;
    return true;
}

static bool read_hex(reader *in, uint32_t *code) {
    if (in->end - in->at < 4) return false;
    *code = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t digit = *in->at++;
        uint32_t value = digit >= '0' && digit <= '9'   ? digit - '0'
                         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                        : 16;
        if (value == 16) return false;
        *code = *code * 16 + value;
    }
    return true;
}

static void add_code(cs_buffer *out, uint32_t code) {
    if (code < 0x80) cs_add(out, (uint8_t[]){code}, 1);
    else if (code < 0x800) cs_add(out, (uint8_t[]){0xC0 | code >> 6, 0x80 | (code & 63)}, 2);
    else if (code < 0x10000)
        cs_add(out, (uint8_t[]){0xE0 | code >> 12, 0x80 | (code >> 6 & 63), 0x80 | (code & 63)}, 3);
    else
        cs_add(out,
               (uint8_t[]){0xF0 | code >> 18, 0x80 | (code >> 12 & 63), 0x80 | (code >> 6 & 63), 0x80 | (code & 63)},
               4);
}

static bool read_escape(reader *in, cs_buffer *out) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (in->at == in->end) return false;
    uint8_t letter = *in->at++;
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (known) {
        cs_add(out, &meant[known - letters], 1);
        return true;
    }
    uint32_t code, low;
    if (letter != 'u' || !read_hex(in, &code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
        /* Half a pair is no character. */
        if (!take_word(in, "\\u") || !read_hex(in, &low) || low < 0xDC00 || low >= 0xE000) return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    add_code(out, code);
    return true;
}

/* What stands between the quotes, in place where it holds no escapes. */
static bool read_text(reader *in, cs_str *text) {
    if (!take(in, '"')) return false;
    const uint8_t *start = in->at;
    cs_buffer out = {0};
    bool escaped = false;
    while (in->at < in->end) {
        uint8_t byte = *in->at;
        if (byte == '"') {
            if (escaped) cs_add(&out, start, (size_t)(in->at - start));
            *text = escaped ? cs_added(&out) : (cs_str){(uint8_t *)start, (size_t)(in->at - start)};
            in->at++;
            return true;
        }
        if (byte < 0x20) return false;
        if (byte == '\\') {
            cs_add(&out, start, (size_t)(in->at++ - start));
            if (!read_escape(in, &out)) return false;
            start = in->at;
            escaped = true;
        } else {
            size_t len = cs_utf8_length(in->at, in->end);
            if (len == 0) return false;
            in->at += len;
        }
    }
    return false;
}

static bool take_digits(reader *in) {
    const uint8_t *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') in->at++;
    return in->at > start;
}

static bool read_number(reader *in, cs_value *value) {
    const uint8_t *start = in->at;
    bool negative = take(in, '-'), whole = true;
    if (!take(in, '0') && !take_digits(in)) return false;
    int64_t number = 0;
    for (const uint8_t *digit = start + negative; digit < in->at; digit++) {
        int64_t units = negative ? -(int64_t)(*digit - '0') : *digit - '0';
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, units, &number))
            whole = false;
    }
    if (take(in, '.')) {
        whole = false;
        if (!take_digits(in)) return false;
    }
    if (take(in, 'e') || take(in, 'E')) {
        whole = false;
        if (!take(in, '+')) take(in, '-');
        if (!take_digits(in)) return false;
    }
    if (whole) *value = cs_v_int(number);
    else *value = cs_v_real(strtod(cs_c_str((cs_str){(uint8_t *)start, (size_t)(in->at - start)}), NULL));
    return true;
}

static bool read_list(reader *in, cs_value *list) {
    *list = (cs_value){.kind = CS_LIST};
    skip_space(in);
    if (take(in, ']')) return true;
    do {
        cs_value item;
        if (!read_value(in, &item)) return false;
        cs_push_value(list, item);
    } while (take(in, ','));
    return take(in, ']');
}

static bool read_object(reader *in, cs_value *object) {
    struct {
        cs_member *ptr;
        size_t len;
    } members = {0};
    skip_space(in);
    if (!take(in, '}')) {
        do {
            cs_member member;
            skip_space(in);
            if (!read_text(in, &member.name)) return false;
            skip_space(in);
            if (!take(in, ':') || !read_value(in, &member.value)) return false;
            CS_APPEND(members, member);
        } while (take(in, ','));
        if (!take(in, '}')) return false;
    }
    *object = (cs_value){.kind = CS_OBJECT, .object = {members.ptr, members.len}};
    return true;
}

static bool read_bare(reader *in, cs_value *value) {
    if (take_word(in, "null")) return *value = cs_null(), true;
    if (take_word(in, "true")) return *value = cs_v_bool(true), true;
    if (take_word(in, "false")) return *value = cs_v_bool(false), true;
    return read_number(in, value);
}

/* A value and the space around it. */
static bool read_value(reader *in, cs_value *value) {
    bool done;
    skip_space(in);
    if (in->at == in->end || in->depth == DEPTH_MAX) return false;
    in->depth++;
    if (*in->at == '"') {
        cs_str text;
        done = read_text(in, &text);
        if (done) *value = cs_v_str(text);
    } else if (take(in, '[')) {
        done = read_list(in, value);
    } else if (take(in, '{')) {
        done = read_object(in, value);
    } else {
        done = read_bare(in, value);
    }
    in->depth--;
    skip_space(in);
    return done;
}

bool cs_parse(cs_str json, cs_value *value) {
    reader in = {json.ptr, json.ptr + json.len, 0};
    cs_value read;
    if (!read_value(&in, &read) || in.at != in.end) return false;
    *value = read;
    return true;
}

cs_value cs_read(cs_str json) {
    cs_value value = {0};
    return cs_parse(json, &value) ? value : (cs_value){0};
}

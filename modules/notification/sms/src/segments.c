/* Segments, by 3GPP TS 23.038 (the alphabets) and TS 23.040 (messages of several parts). */
#include "segments.h"

#include <string.h>

/* What one message holds, and each part of several, which begins with a header; in septets, or in UTF-16 units. */
enum { GSM_ALONE = 160, GSM_PART = 153, UCS2_ALONE = 70, UCS2_PART = 67 };

/* The basic alphabet's letters that ASCII has not. */
static const uint16_t GSM_LETTERS[] = {
    0xA1,  0xA3,  0xA4,  0xA5,  0xA7,  0xBF,  0xC4,  0xC5,  0xC6,  0xC7,  0xC9,  0xD1,  0xD6,  0xD8,  0xDC,
    0xDF,  0xE0,  0xE4,  0xE5,  0xE6,  0xE8,  0xE9,  0xEC,  0xF1,  0xF2,  0xF6,  0xF8,  0xF9,  0xFC,  0x393,
    0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8, 0x3A9,
};
static const uint32_t EURO = 0x20AC, JOINER = 0x200D;

/* Septets of a character: two from the extension table, none where GSM 03.38 does not have it. */
static size_t septets(uint32_t code) {
    if (code == '\n') return 1;
    if (code >= ' ' && code < 0x7F) return code == '`' ? 0 : strchr("^{}\\[~]|", (int)code) ? 2 : 1;
    if (code == EURO) return 2;
    for (size_t i = 0; i < sizeof GSM_LETTERS / sizeof *GSM_LETTERS; i++) {
        if (GSM_LETTERS[i] == code) return 1;
    }
    return 0;
}

/* UTF-16 units: two make a surrogate pair. */
static size_t units(uint32_t code) { return code > 0xFFFF ? 2 : 1; }

/* Whether it is shown as one with the character before it. */
static bool joins(uint32_t code) {
    return code == JOINER || (code >= 0x300 && code <= 0x36F) || (code >= 0xFE00 && code <= 0xFE0F) ||
           (code >= 0x1F3FB && code <= 0x1F3FF);
}

/* A message that is filled character by character. None is split between two parts. */
typedef struct {
    bool ucs2;
    size_t total, parts, filled;
} filling;

static filling begin(bool ucs2) { return (filling){.ucs2 = ucs2, .parts = 1}; }

static void add(filling *it, uint32_t code) {
    size_t size = it->ucs2 ? units(code) : septets(code);
    if (it->filled + size > (it->ucs2 ? UCS2_PART : GSM_PART)) it->parts++, it->filled = 0;
    it->total += size, it->filled += size;
}

static size_t segments(const filling *it) {
    return it->total <= (it->ucs2 ? UCS2_ALONE : GSM_ALONE) ? 1 : it->parts;
}

cs_str sms_plain(cs_str text) {
    uint8_t *plain = cs_alloc(text.len);
    size_t len = 0;
    cs_str rest = text, at = text;
    for (uint32_t code; cs_next_char(&rest, &code); at = rest) {
        /* Blanks that do not break would make UCS-2 of a text that needs none. */
        if (code == '\t' || code == 0xA0 || code == 0x202F) plain[len++] = ' ';
        else if (code == '\n' || (code >= ' ' && (code < 0x7F || code > 0x9F))) {
            memcpy(plain + len, at.ptr, at.len - rest.len);
            len += at.len - rest.len;
        }
    }
    return cs_trim((cs_str){plain, len});
}

sms_text sms_measure(cs_str text) {
    filling gsm = begin(false), ucs2 = begin(true);
    bool fits_gsm = true;
    cs_str rest = text;
    for (uint32_t code; cs_next_char(&rest, &code);) {
        fits_gsm = fits_gsm && septets(code) > 0;
        add(&gsm, code), add(&ucs2, code);
    }
    return (sms_text){.text = text, .ucs2 = !fits_gsm, .segments = segments(fits_gsm ? &gsm : &ucs2)};
}

/* The longest beginning that the alphabet has, and that fits together with what follows it. */
static cs_str beginning(cs_str text, bool ucs2, cs_str follows, size_t segments_max) {
    filling filled = begin(ucs2);
    size_t end = 0;
    uint32_t code = 0, before;
    for (cs_str rest = text;;) {
        filling with = filled;
        cs_str more = follows;
        for (uint32_t each; cs_next_char(&more, &each);) add(&with, each);
        if (segments(&with) > segments_max) break;
        size_t here = text.len - rest.len;
        before = code;
        bool left = cs_next_char(&rest, &code);
        if (!left || (before != JOINER && !joins(code))) end = here;
        if (!left || (!ucs2 && septets(code) == 0)) break;
        add(&filled, code);
    }
    return cs_trim((cs_str){text.ptr, end});
}

sms_text sms_fit(cs_str text, size_t segments_max) {
    sms_text whole = sms_measure(text);
    if (whole.segments <= segments_max) return whole;
    /* The alphabet has three dots and no ellipsis. */
    cs_str gsm = beginning(text, false, cs_s("..."), segments_max);
    cs_str ucs2 = beginning(text, true, cs_s("…"), segments_max);
    sms_text cut = sms_measure(gsm.len >= ucs2.len ? cs_concat(gsm, "...") : cs_concat(ucs2, "…"));
    cut.cut = true;
    return cut;
}

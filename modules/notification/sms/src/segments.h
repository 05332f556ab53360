/* How long a text is on its way to a telephone. */
#ifndef SMS_SEGMENTS_H
#define SMS_SEGMENTS_H

#include <caisson.h>

/* A text as it is sent: in the seven-bit alphabet of GSM 03.38, or in UCS-2 where that lacks one of its characters. */
typedef struct {
    cs_str text;
    bool ucs2;
    size_t segments;
    bool cut;
} sms_text;

/* The text of notifications as telephones show it: lines end with a line feed, and nothing controls. */
cs_str sms_plain(cs_str text);
/* What a text comes to. */
sms_text sms_measure(cs_str text);
/* As much of it as fits so many segments, with an ellipsis where something is missing. */
sms_text sms_fit(cs_str text, size_t segments_max);

#endif

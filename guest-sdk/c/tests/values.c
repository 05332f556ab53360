/* Texts and values of the kit, tried natively: `cargo test -p caisson-package` compiles and runs this. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/internal.h"

static int wrong;

#define SAME(given, expected)                                                                                          \
    do {                                                                                                               \
        cs_str is = given, should = cs_s(expected);                                                                    \
        if (!cs_equal_str(is, should)) wrong++, printf("line %d: '%.*s', not '%s'\n", __LINE__, CS_ARG(is), expected); \
    } while (0)
#define TRUE(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) wrong++, printf("line %d: " #condition "\n", __LINE__);                                      \
    } while (0)

/* As the kit's arena has them. */
void *cs_alloc(size_t bytes) {
    void *block = malloc(bytes);
    if (!block) abort();
    return block;
}

void *cs_grown(void *items, size_t len, size_t item) {
    return len & (len - 1) ? items : realloc(items, (len ? 2 * len : 1) * item);
}

/* What is read and written again. */
static void round_trips(void) {
    static const char *const pairs[][2] = {
        {" { \"a\" : [ 1 , -2.5 , true , null ] } ", "{\"a\":[1,-2.5,true,null]}"},
        {"\"\\u00e9\\ud83d\\ude00\\n\\u0001\\/\"", "\"é😀\\n\\u0001/\""},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9.223372036854776e+18"},
        {"0.1", "0.1"},
        {"1e400", "null"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"\"a\\\\\\\"b\"", "\"a\\\\\\\"b\""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) SAME(cs_json(cs_read(cs_s(pairs[i][0]))), pairs[i][1]);
}

static void refusals(void) {
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "- 1",
        "'a'",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\ude00\"",
        "\"\\ud800\\u0041\"",
        "\"\\u12g4\"",
        "nul",
        "truee",
        "1 2",
        "[1 2]",
        "\"\xff\"",
        "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xe2\x82\"",
        "NaN",
        "Infinity",
        "/**/1",
        ("\xef\xbb\xbf"
         "1"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cs_value value;
        if (cs_parse(cs_s(bad[i]), &value)) wrong++, printf("'%s' was read\n", bad[i]);
    }
    TRUE(!cs_parse((cs_str){(uint8_t *)"\"\0\"", 3}, &(cs_value){0}));
}

/* As deep as the stack allows, and no deeper. */
static void depths(void) {
    static char deep[400001];
    for (size_t depth = 1; depth <= 200000; depth = depth < 110 ? depth + 1 : depth * 2) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        cs_value value;
        TRUE(cs_parse((cs_str){(uint8_t *)deep, 2 * depth}, &value) == (depth <= 100));
    }
}

static void building(void) {
    cs_value object =
        cs_object("a", 1, "b", cs_list("x", true, 2.5, cs_null()), "none", (cs_value){0}, "c", cs_object("d", "e"));
    SAME(cs_json(object), "{\"a\":1,\"b\":[\"x\",true,2.5,null],\"c\":{\"d\":\"e\"}}");
    cs_set(&object, "a", "changed");
    cs_set(&object, "f", 7);
    SAME(cs_json(object), "{\"a\":\"changed\",\"b\":[\"x\",true,2.5,null],\"c\":{\"d\":\"e\"},\"f\":7}");
    TRUE(cs_len(cs_get(object, "b")) == 4 && !cs_given(cs_at(cs_get(object, "b"), 4)));
    TRUE(cs_get(object, "zzz").kind == CS_NONE && cs_get(cs_null(), "a").kind == CS_NONE);
    SAME(cs_json(cs_object()), "{}");
    cs_value list = cs_list();
    for (int i = 0; i < 40; i++) cs_push(&list, i);
    int64_t sum = 0;
    cs_each(item, list) sum += item->integer;
    TRUE(sum == 780);
    cs_each(item, object) sum = item->integer;
    TRUE(sum == 780);

    cs_value typed = cs_object("n", " 42 ", "r", "2.5", "w", "two", "big", 1e300, "d", cs_decimal("12.50"), "t", true);
    TRUE(cs_get_int(typed, "n", 0) == 42 && cs_get_int(typed, "r", 0) == 2 && cs_get_int(typed, "w", -1) == -1);
    TRUE(cs_get_int(typed, "big", -1) == -1 && cs_get_real(typed, "d", 0) == 12.5 && cs_get_bool(typed, "t"));
    TRUE(cs_get_int(typed, "none", 9) == 9 && !cs_get_bool(typed, "n"));
}

static void texts(void) {
    SAME(cs_concat("Hello, ", cs_s("you"), ", number ", 7, (cs_value){0}, "."), "Hello, you, number 7.");
    SAME(cs_path("v1", "a b/../c", ".."), "v1/a%20b%2F..%2Fc/%252E%252E");
    SAME(cs_trim(cs_s(" \t a b \n")), "a b");
    SAME(cs_trim(cs_s("   ")), "");
    SAME(cs_lower(cs_s("AbÄ@Z")), "abÄ@z");
    SAME(cs_cut(cs_s("aéb"), 2), "a");
    SAME(cs_utf8((cs_str){(uint8_t *)"a\xff\xe2\x82z", 5}), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
    SAME(cs_format("%s-%.*s-%d", "a", CS_ARG(cs_s("b")), 3), "a-b-3");
    SAME(cs_hex(cs_s("\x01\xab")), "01ab");
    TRUE(cs_equal("a", cs_s("a")) && !cs_equal("a", "ab") && cs_equal_nocase(cs_s("Retry-After"), cs_s("retry-after")));
    TRUE(cs_starts_with(cs_s("settings.x"), "settings.") && !cs_starts_with(cs_s("set"), "settings."));
    TRUE(strcmp(cs_c_str(cs_s("abc")), "abc") == 0);
}

static void characters(void) {
    static const uint32_t expected[] = {'a', 0xE9, 0x20AC, 0x1F600, 0xFFFD, 0xFFFD, 'z'};
    cs_str rest = cs_s("a\u00e9\u20ac\U0001f600\xff\xe2z");
    size_t found = 0;
    for (uint32_t code; cs_next_char(&rest, &code); found++) TRUE(found < 7 && code == expected[found]);
    TRUE(found == 7 && rest.len == 0);
}

int main(void) {
    round_trips();
    refusals();
    depths();
    building();
    texts();
    characters();
    return wrong != 0;
}

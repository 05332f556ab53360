#include "settings.h"

#include <string.h>

#include "twilio.h"

#define SENDER_NAME_MAX 11

static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
static bool is_letter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

bool is_phone(cs_str text) {
    if (text.len < 8 || text.len > 16 || text.ptr[0] != '+' || text.ptr[1] == '0') return false;
    for (size_t i = 1; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) return false;
    }
    return true;
}

/* Two letters that say of what, and 32 hexadecimal digits. */
static bool is_sid(cs_str text, const char *kind) {
    if (text.len != 34 || !cs_starts_with(text, kind)) return false;
    for (size_t i = 2; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f')) return false;
    }
    return true;
}

static bool is_name(cs_str text) {
    bool has_letter = false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_letter(text.ptr[i]) && !is_digit(text.ptr[i]) && text.ptr[i] != ' ') return false;
        has_letter = has_letter || is_letter(text.ptr[i]);
    }
    return has_letter && text.len <= SENDER_NAME_MAX;
}

/* A number without what people put between its digits. */
static cs_str joined(cs_str number) {
    uint8_t *kept = cs_alloc(number.len);
    size_t len = 0;
    for (size_t i = 0; i < number.len; i++) {
        if (!strchr(" -.()", number.ptr[i])) kept[len++] = number.ptr[i];
    }
    return (cs_str){kept, len};
}

bool save_settings(cs_value *settings) {
    cs_str account = cs_trim(cs_get_str(*settings, "account_sid"));
    cs_str sender = cs_trim(cs_get_str(*settings, "sender"));
    if (cs_starts_with(sender, "+")) sender = joined(sender);
    if (!is_sid(account, "AC")) cs_reject_with("account_sid", cs_translate("check-account", cs_object()));
    if (!is_phone(sender) && !is_name(sender) && !is_sid(sender, "MG")) {
        cs_reject_with("sender", cs_translate("check-sender", cs_object()));
    }
    cs_set(settings, "account_sid", account);
    cs_set(settings, "sender", sender);
    return cs_accepted();
}

bool settings_page(cs_value settings, cs_view *view) {
    (void)settings;
    return cs_show(view, "admin_area/settings", cs_object());
}

/* Sends nothing. */
bool test_connection(cs_value settings, cs_str *text) {
    (void)settings;
    cs_value account;
    CS_TRY(twilio_account(&account));
    cs_str status = cs_get_str(account, "status");
    if (!cs_equal(status, "active")) {
        const char *sentence = cs_equal(status, "suspended") ? "account-suspended" : "account-closed";
        return cs_fail_with(424, cs_translate(sentence, cs_object()));
    }
    *text = cs_translate("test-passed", cs_object("name", cs_get_str(account, "friendly_name")));
    return true;
}

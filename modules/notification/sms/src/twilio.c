#include "twilio.h"

#include <time.h>

/* When Twilio may be asked again, in milliseconds since the epoch. */
#define PAUSED_UNTIL "paused-until"
/* Where Twilio asks for a pause and does not say how long. */
#define PAUSE_S 30
#define PAUSE_MAX_S (60 * 60)
/* Of the messages to a number, as many as there may be of the last minutes. */
#define LOOKED_AT 50

/* https://www.twilio.com/docs/api/errors: Twilio's code, the problem's, and the sentence for staff. Those from 30001 on
 * stand in callbacks. */
static const struct {
    int32_t twilio;
    uint16_t code;
    const char *sentence;
} ERRORS[] = {
    {20003, 424, "wrong-token"},      {20005, 424, "account-closed"},  {20404, 424, "no-account"},
    {20429, 429, "too-many"},         {21211, 422, "wrong-number"},    {21212, 424, "wrong-sender"},
    {21408, 403, "region-forbidden"}, {21603, 424, "wrong-sender"},    {21606, 424, "wrong-sender"},
    {21608, 403, "trial"},            {21609, 424, "wrong-callback"},  {21610, 403, "opted-out"},
    {21611, 429, "too-many"},         {21612, 422, "no-way"},          {21614, 422, "no-mobile"},
    {21617, 413, "too-long-at-all"},  {21635, 422, "landline"},        {21659, 424, "wrong-sender"},
    {21660, 424, "wrong-sender"},     {21661, 424, "wrong-sender"},    {21703, 424, "empty-service"},
    {21705, 424, "wrong-sender"},     {30001, 429, "too-many"},        {30002, 424, "account-closed"},
    {30003, 422, "unreachable"},      {30004, 422, "blocked"},         {30005, 422, "unknown-number"},
    {30006, 422, "landline"},         {30007, 422, "filtered"},        {30008, 422, "unknown-cause"},
    {30022, 429, "too-many"},         {30032, 424, "unregistered"},    {30034, 424, "unregistered"},
    {30410, 504, "carrier-silent"},
};

static size_t known(int64_t code) {
    size_t at = 0;
    while (at < sizeof ERRORS / sizeof *ERRORS && ERRORS[at].twilio != code) at++;
    return at;
}

cs_str twilio_reason(int64_t code) {
    size_t at = known(code);
    if (at < sizeof ERRORS / sizeof *ERRORS) return cs_translate(ERRORS[at].sentence, cs_object());
    return cs_translate("not-delivered", cs_object("code", code));
}

static bool connect(cs_http *http, cs_str *account) {
    CS_TRY(cs_http_from_setting(http, "api_base") && cs_require("account_sid", account));
    http->basic.user = cs_c_str(*account);
    http->basic.password = "auth_token";
    http->timeout_ms = (uint32_t)cs_config("answer_ms").integer;
    return true;
}

static bool paused(uint64_t seconds) {
    return cs_fail_with(429, cs_translate("paused", cs_object("seconds", seconds)));
}

static bool may_ask(void) {
    cs_value until;
    CS_TRY(cs_cache_get(PAUSED_UNTIL, &until));
    uint64_t now = cs_now(), end = until.kind == CS_INT ? (uint64_t)until.integer : 0;
    return now >= end || paused((end - now + 999) / 1000);
}

/* A pause is one for all messages. */
static bool pause(const cs_answer *answer) {
    uint32_t seconds = PAUSE_S;
    cs_answer_retry_after(answer, &seconds);
    if (seconds > PAUSE_MAX_S) seconds = PAUSE_MAX_S;
    if (seconds == 0) seconds = 1;
    CS_TRY(cs_cache_set(PAUSED_UNTIL, cs_now() + seconds * 1000ull, seconds));
    return paused(seconds);
}

/* What Twilio says is `{"code": 21211, "message": "…", "status": 400}` where it refuses. */
static bool understood(const cs_answer *answer, cs_value *said) {
    if (answer->status == 429) return pause(answer);
    if (answer->status >= 400 && answer->status < 500) {
        cs_value refusal = cs_read(answer->body);
        size_t at = known(cs_get_int(refusal, "code", 0));
        if (at < sizeof ERRORS / sizeof *ERRORS) {
            cs_log_error("twilio", answer->request, refusal);
            return cs_fail_with(ERRORS[at].code, cs_translate(ERRORS[at].sentence, cs_object()));
        }
    }
    return cs_answer_ok(answer) && cs_answer_json(answer, said);
}

static bool ask(uint8_t method, cs_str resource, cs_value query, cs_value form, cs_value *said) {
    cs_http http;
    cs_str account;
    cs_answer answer;
    CS_TRY(connect(&http, &account));
    cs_str path = cs_concat(cs_path("2010-04-01", "Accounts", account), resource, ".json");
    cs_http_request request = {.method = method, .path = path, .query = query, .form = form};
    return cs_http_send(&http, &request, &answer) && understood(&answer, said);
}

/* A page for people with a status of 200 is no Twilio's. */
static bool not_twilio(cs_value said) {
    cs_log_error("twilio", cs_null(), said);
    return cs_fail(502, "The provider answered something that the module does not understand.");
}

bool twilio_account(cs_value *account) {
    CS_TRY(ask(CS_GET, cs_s(""), (cs_value){0}, (cs_value){0}, account));
    return cs_get_str(*account, "status").len > 0 || not_twilio(*account);
}

bool twilio_send(const twilio_message *message, cs_str *sid) {
    CS_TRY(may_ask());
    cs_value form = cs_object("To", message->to, "Body", message->body), said;
    bool by_service = message->sender.len == 34 && cs_starts_with(message->sender, "MG");
    cs_set(&form, by_service ? "MessagingServiceSid" : "From", message->sender);
    if (message->callback.len > 0) cs_set(&form, "StatusCallback", message->callback);
    CS_TRY(ask(CS_POST, cs_s("/Messages"), (cs_value){0}, form, &said));
    *sid = cs_get_str(said, "sid");
    return sid->len > 0 || not_twilio(said);
}

/* Not narrowed by DateSent, which a message has only once it has left Twilio. */
bool twilio_messages(cs_str to, cs_value *messages) {
    cs_value query = cs_object("To", to, "PageSize", LOOKED_AT), said;
    CS_TRY(may_ask() && ask(CS_GET, cs_s("/Messages"), query, (cs_value){0}, &said));
    *messages = cs_get(said, "messages");
    return messages->kind == CS_LIST || not_twilio(said);
}

/* RFC 2822, always in UTC: `Fri, 24 May 2019 17:18:27 +0000`. */
uint64_t twilio_made(cs_value message) {
    struct tm parts = {0};
    if (!strptime(cs_c_str(cs_get_str(message, "date_created")), "%a, %d %b %Y %H:%M:%S +0000", &parts)) return 0;
    time_t seconds = timegm(&parts);
    return seconds > 0 ? (uint64_t)seconds * 1000 : 0;
}

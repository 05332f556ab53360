/* Mailboxes at a provider, as services of the panel. */
#include "account.h"
#include "api.h"

static bool test_connection(cs_value settings, cs_str *text) {
    (void)settings;
    cs_str answer;
    CS_TRY(api_ping(&answer));
    *text = cs_concat("The provider answers: ", answer);
    return true;
}

static bool on_event(const cs_event *event) {
    cs_str service = cs_get_str(cs_read(event->payload), "service");
    return cs_db_increment(cs_db_where(cs_db("accounts"), "service", service), "heard", 1);
}

static bool admin(cs_str route, const cs_request *request, cs_response *response) {
    (void)request;
    cs_value rows;
    CS_TRY(cs_db_get(cs_db_order(cs_db("accounts"), "address"), &rows));
    cs_value shown = cs_object("accounts", rows);
    if (cs_equal(route, "accounts")) return cs_respond_view(response, "accounts", shown);
    if (cs_equal(route, "listing")) return cs_respond_json(response, shown);
    return cs_fail(404, "This module has no page '", route, "'.");
}

static bool save_service_data(cs_value *order) {
    cs_set(order, "address", cs_lower(cs_trim(cs_get_str(*order, "address"))));
    return cs_validate(*order, &(cs_value){}, {"address", "required|email|max:120"});
}

static bool suspend(const cs_service *service) {
    return api_change(account_address(service), cs_object("active", false));
}

static bool unsuspend(const cs_service *service) {
    return api_change(account_address(service), cs_object("active", true));
}

static bool change_package(const cs_service *service, cs_value previous) {
    (void)previous;
    cs_value quota = cs_object("quota", account_quota(service));
    CS_TRY(api_change(account_address(service), quota));
    return cs_db_update(account_of(service), quota);
}

static bool terminate(const cs_service *service) {
    CS_TRY(api_delete(account_address(service)));
    return cs_db_delete(account_of(service));
}

static bool run_action(cs_str action, const cs_service *service, cs_str *text) {
    (void)action;
    cs_value account;
    CS_TRY(cs_db_first(account_of(service), &account));
    *text = cs_given(account) ? cs_concat("Refreshed ", cs_get(account, "address"), ".") : cs_s("Nothing to refresh.");
    return true;
}

static bool usage(const cs_service *service, cs_metrics *metrics) {
    cs_value account;
    CS_TRY(cs_db_first(account_of(service), &account));
    return !cs_given(account) || cs_metric(metrics, "quota", cs_get_real(account, "quota", 0), "MB");
}

static bool tab(cs_str tab, const cs_service *service, const cs_request *request, cs_value *data) {
    (void)tab, (void)request;
    cs_value account, last;
    uint64_t total;
    CS_TRY(cs_db_first(account_of(service), &account));
    if (!cs_given(account)) return cs_fail(409, "This service has no mailbox yet.");
    CS_TRY(cs_db_count(cs_db("accounts"), &total));
    CS_TRY(cs_cache_get("last", &last));
    *data = cs_object(
        "address", cs_get(account, "address"),
        "quota", cs_get(account, "quota"),
        "heard", cs_get(account, "heard"),
        "total", total,
        "last", last,
        "greeting", cs_translate("overview-greeting", cs_object("name", service->client.name)));
    return true;
}

CAISSON_MODULE(
    .activate = account_create_table,
    .test_connection = test_connection,
    .on_event = on_event,
    .admin = admin,
    .save_service_data = save_service_data,
    .create = account_create,
    .suspend = suspend,
    .unsuspend = unsuspend,
    .change_package = change_package,
    .terminate = terminate,
    .run_action = run_action,
    .usage = usage,
    .tab = tab,
);

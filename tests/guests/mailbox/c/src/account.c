#include "account.h"
#include "api.h"

bool account_create_table(void) {
    return cs_db_create("accounts",
        {.name = "id", .type = CS_COLUMN_ID},
        {.name = "service", .type = CS_COLUMN_UUID, .unique = true},
        {.name = "address", .type = CS_COLUMN_VARCHAR, .size = 120},
        {.name = "quota", .type = CS_COLUMN_INTEGER, .initial = cs_v(0)},
        {.name = "heard", .type = CS_COLUMN_INTEGER, .initial = cs_v(0)},
        CS_TIMESTAMPS);
}

cs_query *account_of(const cs_service *service) { return cs_db_where(cs_db("accounts"), "service", service->id); }

cs_str account_address(const cs_service *service) { return cs_get_str(cs_service_data(service), "address"); }

int64_t account_quota(const cs_service *service) { return cs_get_int(cs_product_data(service), "quota_mb", 0); }

bool account_create(const cs_service *service) {
    cs_str address = account_address(service);
    int64_t quota = account_quota(service);
    CS_TRY(api_create(address, quota));
    cs_value row = cs_object("service", service->id, "address", address, "quota", quota);
    CS_TRY(cs_db_upsert(cs_db("accounts"), row, "service"));
    CS_TRY(cs_service_set(service->id, cs_object("mailbox", address)));
    CS_TRY(cs_dispatch("created", cs_object("service", service->id, "address", address)));
    CS_TRY(cs_cache_set("last", address, 60));
    cs_log_info("mailbox", address, "made");
    return true;
}

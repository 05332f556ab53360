/* Counts who looks at its page. */
#include <caisson.h>

static bool activate(void) {
    return cs_db_create("visits", {.name = "id", .type = CS_COLUMN_ID}, {.name = "page", .type = CS_COLUMN_TEXT},
                        CS_TIMESTAMPS);
}

static bool admin(cs_str route, const cs_request *request, cs_response *response) {
    if (!cs_equal(route, "home")) return cs_fail(404, "This module has no page '", route, "'.");
    CS_TRY(cs_db_insert(cs_db("visits"), cs_object("page", request->path)));
    uint64_t visits;
    CS_TRY(cs_db_count(cs_db("visits"), &visits));
    return cs_respond_view(response, "admin_area/home", cs_object("visits", visits));
}

CAISSON_MODULE(.activate = activate, .admin = admin);

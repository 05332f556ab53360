/* Asking. */
#include "rows.h"

host_database_value_t cs_to_column(cs_value value) {
    host_database_value_t column = {.tag = HOST_DATABASE_VALUE_NULL};
    switch (value.kind) {
    case CS_BOOL: column = (host_database_value_t){HOST_DATABASE_VALUE_BOOLEAN, {.boolean = value.boolean}}; break;
    case CS_INT: column = (host_database_value_t){HOST_DATABASE_VALUE_INTEGER, {.integer = value.integer}}; break;
    case CS_REAL: column = (host_database_value_t){HOST_DATABASE_VALUE_REAL, {.real = value.real}}; break;
    case CS_TEXT: column = (host_database_value_t){HOST_DATABASE_VALUE_TEXT, {.text = value.text}}; break;
    case CS_DECIMAL: column = (host_database_value_t){HOST_DATABASE_VALUE_DECIMAL, {.decimal = value.text}}; break;
    case CS_BYTES:
        column = (host_database_value_t){HOST_DATABASE_VALUE_BYTES, {.bytes = cs_as_list(value.text)}};
        break;
    case CS_LIST:
    case CS_OBJECT: column = (host_database_value_t){HOST_DATABASE_VALUE_JSON, {.json = cs_json(value)}}; break;
    case CS_NONE:
    case CS_NULL:
    case CS_END: break;
    }
    return column;
}

cs_value cs_from_column(const host_database_value_t *value) {
    switch (value->tag) {
    case HOST_DATABASE_VALUE_BOOLEAN: return cs_v_bool(value->val.boolean);
    case HOST_DATABASE_VALUE_INTEGER: return cs_v_int(value->val.integer);
    case HOST_DATABASE_VALUE_REAL: return cs_v_real(value->val.real);
    case HOST_DATABASE_VALUE_DECIMAL: return (cs_value){.kind = CS_DECIMAL, .text = value->val.decimal};
    case HOST_DATABASE_VALUE_BYTES: return cs_bytes(cs_as_str(value->val.bytes));
    case HOST_DATABASE_VALUE_JSON: return cs_read(value->val.json);
    case HOST_DATABASE_VALUE_TIMESTAMP: return cs_v_int((int64_t)value->val.timestamp);
    case HOST_DATABASE_VALUE_TEXT: return cs_v_str(value->val.text);
    case HOST_DATABASE_VALUE_UUID: return cs_v_str(value->val.uuid);
    case HOST_DATABASE_VALUE_DATE: return cs_v_str(value->val.date);
    default: return cs_null();
    }
}

bool cs_db_failed(const host_database_error_t *error) {
    switch (error->tag) {
    case HOST_DATABASE_ERROR_DENIED: return cs_host_denied(&error->val.denied);
    case HOST_DATABASE_ERROR_INVALID:
        return cs_host_failed("database", 500, "The module asked its tables something impossible.", error->val.invalid);
    case HOST_DATABASE_ERROR_MISSING:
        return cs_host_failed("database", 500, "A table or column of the module is missing.", error->val.missing);
    case HOST_DATABASE_ERROR_VIOLATED:
        return cs_host_failed("database", 409, "That would contradict what is stored already.", error->val.violated.f1);
    case HOST_DATABASE_ERROR_QUOTA:
        return cs_host_failed("database", 429, "The module's tables are full.", error->val.quota);
    case HOST_DATABASE_ERROR_TIMEOUT: return cs_fail(504, "The database took too long.");
    case HOST_DATABASE_ERROR_BUSY: return cs_fail(503, "The database is busy.");
    case HOST_DATABASE_ERROR_UNAVAILABLE: return cs_not_offered("database", error->val.unavailable);
    default: return cs_host_failed("database", 500, "The database failed.", error->val.other);
    }
}

static bool asked(cs_query *query, host_database_rows_t *rows) {
    host_database_error_t error;
    return host_database_select(&query->query, rows, &error) || cs_db_failed(&error);
}

bool cs_db_get(cs_query *query, cs_value *rows) {
    host_database_rows_t raw;
    CS_TRY(asked(query, &raw));
    *rows = cs_list();
    for (size_t i = 0; i < raw.rows.len; i++) {
        struct {
            cs_member *ptr;
            size_t len;
        } members = {0};
        for (size_t j = 0; j < raw.columns.len; j++) {
            CS_APPEND(members, (cs_member){raw.columns.ptr[j], cs_from_column(&raw.rows.ptr[i].ptr[j])});
        }
        cs_value row = {.kind = CS_OBJECT, .object = {members.ptr, members.len}};
        cs_push(rows, row);
    }
    return true;
}

bool cs_db_first(cs_query *query, cs_value *row) {
    cs_value rows;
    CS_TRY(cs_db_get(cs_db_limit(query, 1), &rows));
    *row = cs_at(rows, 0);
    return true;
}

bool cs_db_one(cs_query *query, cs_value *row) {
    CS_TRY(cs_db_first(query, row));
    return cs_given(*row) || cs_fail(404, "There is no such row in '", query->query.table, "'.");
}

bool cs_db_pluck(cs_query *query, const char *column, cs_value *list) {
    host_database_rows_t raw;
    query->query.columns.len = 0;
    CS_TRY(asked(cs_db_column(query, column), &raw));
    *list = cs_list();
    for (size_t i = 0; i < raw.rows.len; i++) {
        if (raw.rows.ptr[i].len > 0) cs_push(list, cs_from_column(&raw.rows.ptr[i].ptr[0]));
    }
    return true;
}

bool cs_db_value(cs_query *query, const char *column, cs_value *value) {
    cs_value list;
    CS_TRY(cs_db_pluck(cs_db_limit(query, 1), column, &list));
    *value = cs_at(list, 0);
    return true;
}

bool cs_db_single(cs_query *query, uint8_t function, const char *column, cs_value *value) {
    host_database_rows_t raw;
    query->query.columns.len = 0;
    query->query.order_by.len = 0;
    CS_TRY(asked(cs_db_aggregate(query, function, column, "answer"), &raw));
    bool answered = raw.rows.len > 0 && raw.rows.ptr[0].len > 0;
    *value = answered ? cs_from_column(&raw.rows.ptr[0].ptr[0]) : (cs_value){0};
    if (value->kind == CS_NULL) *value = (cs_value){0};
    return true;
}

bool cs_db_count(cs_query *query, uint64_t *count) {
    cs_value value;
    CS_TRY(cs_db_single(query, CS_COUNT, "*", &value));
    *count = value.kind == CS_INT ? (uint64_t)value.integer : 0;
    return true;
}

bool cs_db_exists(cs_query *query, bool *exists) {
    uint64_t count;
    CS_TRY(cs_db_count(query, &count));
    *exists = count > 0;
    return true;
}

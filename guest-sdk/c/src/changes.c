/* Changing rows. */
#include "rows.h"

typedef struct {
    cs_list_string_t columns;
    host_database_list_value_t values;
} fields;

static fields fields_of(cs_value object) {
    fields all = {0};
    for (size_t i = 0; object.kind == CS_OBJECT && i < object.object.len; i++) {
        CS_APPEND(all.columns, object.object.members[i].name);
        CS_APPEND(all.values, cs_to_column(object.object.members[i].value));
    }
    return all;
}

static bool store(cs_query *query, cs_list_string_t *columns, host_database_list_list_value_t *rows,
                  host_database_conflict_t *conflict) {
    host_database_inserted_t inserted;
    host_database_error_t error;
    if (!host_database_insert(&query->query.table, columns, rows, conflict, &inserted, &error))
        return cs_db_failed(&error);
    query->changed = inserted.count;
    query->last_id = inserted.last_id.is_some ? inserted.last_id.val : 0;
    return true;
}

bool cs_db_insert(cs_query *query, cs_value row) { return cs_db_insert_many(query, cs_list(row)); }

bool cs_db_insert_many(cs_query *query, cs_value rows) {
    host_database_list_list_value_t all = {0};
    fields last = {0};
    cs_each(row, rows) {
        fields next = fields_of(*row);
        for (size_t i = 0; all.len > 0 && i < next.columns.len; i++) {
            bool alike = last.columns.len == next.columns.len && cs_equal_str(last.columns.ptr[i], next.columns.ptr[i]);
            if (!alike) return cs_fail(500, "Rows that are stored together must have the same columns.");
        }
        last = next;
        CS_APPEND(all, last.values);
    }
    return all.len == 0 || store(query, &last.columns, &all, NULL);
}

bool cs_db_store(cs_query *query, cs_value row, const char *const *key, bool overwrite) {
    fields all = fields_of(row);
    host_database_conflict_t conflict = {0};
    for (; *key; key++) CS_APPEND(conflict.columns, cs_str_of(*key));
    for (size_t i = 0; overwrite && i < all.columns.len; i++) {
        bool in_key = false;
        for (size_t j = 0; j < conflict.columns.len; j++) {
            in_key = in_key || cs_equal_str(all.columns.ptr[i], conflict.columns.ptr[j]);
        }
        if (!in_key) CS_APPEND(conflict.update, all.columns.ptr[i]);
    }
    host_database_list_list_value_t rows = {&all.values, 1};
    return store(query, &all.columns, &rows, &conflict);
}

static bool change(cs_query *query, host_database_list_tuple2_string_assignment_t *assignments) {
    host_database_error_t error;
    return host_database_update(&query->query.table, assignments, &query->query.where, &query->changed, &error) ||
           cs_db_failed(&error);
}

bool cs_db_update(cs_query *query, cs_value object) {
    fields all = fields_of(object);
    host_database_list_tuple2_string_assignment_t assignments = {0};
    for (size_t i = 0; i < all.columns.len; i++) {
        host_database_tuple2_string_assignment_t assignment = {
            all.columns.ptr[i], {HOST_DATABASE_ASSIGNMENT_SET, {.set = all.values.ptr[i]}}};
        CS_APPEND(assignments, assignment);
    }
    return change(query, &assignments);
}

bool cs_db_increment(cs_query *query, const char *column, int64_t by) {
    host_database_tuple2_string_assignment_t assignment = {cs_str_of(column),
                                                           {HOST_DATABASE_ASSIGNMENT_INCREMENT, {.increment = by}}};
    return change(query, &(host_database_list_tuple2_string_assignment_t){&assignment, 1});
}

bool cs_db_delete(cs_query *query) {
    host_database_error_t error;
    return host_database_delete(&query->query.table, &query->query.where, &query->changed, &error) ||
           cs_db_failed(&error);
}

bool cs_db_transaction(bool (*work)(void *context), void *context) {
    host_database_error_t error;
    if (!host_database_begin(&error)) return cs_db_failed(&error);
    if (work(context)) return host_database_commit(&error) || cs_db_failed(&error);
    /* The first problem is the one to tell. */
    host_database_rollback(&error);
    return false;
}

/* Tables made and changed. */
#include <string.h>

#include "rows.h"

static cs_list_string_t names(const char *const *words) {
    cs_list_string_t all = {0};
    for (; words && *words; words++) CS_APPEND(all, cs_str_of(*words));
    return all;
}

static host_database_column_t column_of(const cs_column *column) {
    host_database_column_type_t kind = {.tag = (uint8_t)(column->type - CS_COLUMN_ID)};
    if (column->type == CS_COLUMN_VARCHAR) kind.val.varchar = column->size;
    if (column->type == CS_COLUMN_DECIMAL) kind.val.decimal = (cs_tuple2_u32_u32_t){column->size, column->scale};
    if (column->type == CS_COLUMN_CHOICE) kind.val.choice = names(column->words);
    return (host_database_column_t){
        .name = cs_str_of(column->name),
        .kind = kind,
        .nullable = column->nullable,
        .default_ = {column->initial.kind != CS_NONE, cs_to_column(column->initial)},
        .unique = column->unique,
    };
}
_Static_assert(CS_COLUMN_BYTES - CS_COLUMN_ID == HOST_DATABASE_COLUMN_TYPE_BYTES,
               "one by one as the contract has them");
_Static_assert(CS_NOT_NULL == HOST_DATABASE_OPERATOR_NOT_NULL, "one by one as the contract has them");

/* Where a column points to, if it does: the part before the point is the table. */
static bool foreign_key_of(const cs_column *column, host_database_foreign_key_t *key) {
    const char *point = column->references ? strchr(column->references, '.') : NULL;
    if (!point) return false;
    *key = (host_database_foreign_key_t){.table = {(uint8_t *)column->references, (size_t)(point - column->references)},
                                         .on_delete = (uint8_t)column->on_delete};
    CS_APPEND(key->columns, cs_str_of(column->name));
    CS_APPEND(key->references, cs_str_of(point + 1));
    return true;
}

bool cs_db_create_table(const cs_table *table) {
    host_database_table_t made = {.name = cs_str_of(table->name), .primary_key = names(table->primary_key)};
    for (const cs_column *column = table->columns; column && column->name; column++) {
        host_database_foreign_key_t key;
        CS_APPEND(made.columns, column_of(column));
        if (foreign_key_of(column, &key)) CS_APPEND(made.foreign_keys, key);
    }
    for (const cs_index *index = table->indexes; index && index->columns; index++) {
        CS_APPEND(made.indexes, (host_database_index_t){names(index->columns), index->unique});
    }
    host_database_error_t error;
    return host_database_create_table(&made, true, &error) || cs_db_failed(&error);
}

static bool alter(const char *table, host_database_alteration_t *alterations, size_t count) {
    cs_str name = cs_str_of(table);
    host_database_list_alteration_t all = {alterations, count};
    host_database_error_t error;
    return host_database_alter_table(&name, &all, &error) || cs_db_failed(&error);
}

bool cs_db_alter_add(const char *table, const cs_column *column) {
    host_database_alteration_t both[2] = {{HOST_DATABASE_ALTERATION_ADD_COLUMN, {.add_column = column_of(column)}}};
    both[1].tag = HOST_DATABASE_ALTERATION_ADD_FOREIGN_KEY;
    return alter(table, both, foreign_key_of(column, &both[1].val.add_foreign_key) ? 2 : 1);
}

bool cs_db_drop_column(const char *table, const char *column) {
    return alter(
        table, &(host_database_alteration_t){HOST_DATABASE_ALTERATION_DROP_COLUMN, {.drop_column = cs_str_of(column)}},
        1);
}

bool cs_db_rename_column(const char *table, const char *from, const char *to) {
    cs_tuple2_string_string_t pair = {cs_str_of(from), cs_str_of(to)};
    return alter(table, &(host_database_alteration_t){HOST_DATABASE_ALTERATION_RENAME_COLUMN, {.rename_column = pair}},
                 1);
}

bool cs_db_add_index(const char *table, const cs_index *index) {
    host_database_index_t made = {names(index->columns), index->unique};
    return alter(table, &(host_database_alteration_t){HOST_DATABASE_ALTERATION_ADD_INDEX, {.add_index = made}}, 1);
}

bool cs_db_drop_index(const char *table, const char *const *columns) {
    return alter(table,
                 &(host_database_alteration_t){HOST_DATABASE_ALTERATION_DROP_INDEX, {.drop_index = names(columns)}}, 1);
}

bool cs_db_drop(const char *table) {
    cs_str name = cs_str_of(table);
    host_database_error_t error;
    return host_database_drop_table(&name, true, &error) || cs_db_failed(&error);
}

bool cs_db_has_table(const char *table, bool *has) {
    cs_str name = cs_str_of(table);
    host_database_error_t error;
    return host_database_has_table(&name, has, &error) || cs_db_failed(&error);
}

bool cs_db_has_column(const char *table, const char *column, bool *has) {
    cs_str name = cs_str_of(table), part = cs_str_of(column);
    host_database_error_t error;
    return host_database_has_column(&name, &part, has, &error) || cs_db_failed(&error);
}

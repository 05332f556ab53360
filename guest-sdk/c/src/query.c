/* Statements in the making. */
#include <string.h>

#include "internal.h"
#include "rows.h"

cs_query *cs_db(const char *table) {
    cs_query *query = cs_alloc(sizeof *query);
    *query = (cs_query){.query = {.table = cs_str_of(table)}};
    return query;
}

cs_condition cs_condition_of(const char *column, uint8_t operator, cs_value value) {
    cs_condition condition = {.column = cs_str_of(column), .operator_ = operator};
    if (operator== CS_EQ && !cs_given(value)) {
        condition.operator_ = CS_IS_NULL;
    } else if (operator== CS_IS_NULL || operator== CS_NOT_NULL) {
        return condition;
    } else if (value.kind == CS_LIST) {
        host_database_list_value_t operands = {0};
        cs_each(item, value) CS_APPEND(operands, cs_to_column(*item));
        condition.operands = operands;
    } else {
        CS_APPEND(condition.operands, cs_to_column(value));
    }
    return condition;
}

cs_query *cs_db_filter(cs_query *query, cs_condition condition) { return cs_db_filter_any(query, &condition, 1); }

cs_query *cs_db_filter_any(cs_query *query, const cs_condition *conditions, size_t count) {
    host_database_list_predicate_t any = {0};
    for (size_t i = 0; i < count; i++) CS_APPEND(any, conditions[i]);
    CS_APPEND(query->query.where, any);
    return query;
}

cs_query *cs_db_column(cs_query *query, const char *column) {
    host_database_projection_t projection = {.expression.tag = HOST_DATABASE_EXPRESSION_COLUMN};
    const char *as = strstr(column, " as ");
    cs_str name = cs_str_of(column);
    if (as) {
        name.len = (size_t)(as - column);
        projection.alias = cs_optional(cs_trim(cs_str_of(as + 4)));
    }
    projection.expression.val.column = cs_trim(name);
    CS_APPEND(query->query.columns, projection);
    return query;
}

cs_query *cs_db_aggregate(cs_query *query, uint8_t function, const char *column, const char *alias) {
    host_database_projection_t projection = {
        .expression = {HOST_DATABASE_EXPRESSION_AGGREGATE, {.aggregate = {function, cs_str_of(column)}}},
        .alias = cs_optional(cs_str_of(alias)),
    };
    CS_APPEND(query->query.columns, projection);
    return query;
}

cs_query *cs_db_distinct(cs_query *query) {
    query->query.distinct = true;
    return query;
}

static cs_query *joined(cs_query *query, uint8_t kind, const char *table, const char *left, const char *right) {
    host_database_join_t join = {kind, cs_str_of(table), cs_str_of(left), cs_str_of(right)};
    CS_APPEND(query->query.joins, join);
    return query;
}

cs_query *cs_db_join(cs_query *query, const char *table, const char *left, const char *right) {
    return joined(query, HOST_DATABASE_JOIN_KIND_INNER, table, left, right);
}

cs_query *cs_db_left_join(cs_query *query, const char *table, const char *left, const char *right) {
    return joined(query, HOST_DATABASE_JOIN_KIND_LEFT, table, left, right);
}

cs_query *cs_db_group(cs_query *query, const char *column) {
    CS_APPEND(query->query.group_by, cs_str_of(column));
    return query;
}

static cs_query *ordered(cs_query *query, const char *column, bool descending) {
    host_database_ordering_t ordering = {cs_str_of(column), descending};
    CS_APPEND(query->query.order_by, ordering);
    return query;
}

cs_query *cs_db_order(cs_query *query, const char *column) { return ordered(query, column, false); }

cs_query *cs_db_order_desc(cs_query *query, const char *column) { return ordered(query, column, true); }

cs_query *cs_db_limit(cs_query *query, uint32_t rows) {
    query->query.limit = (cs_option_u32_t){true, rows};
    return query;
}

cs_query *cs_db_offset(cs_query *query, uint64_t rows) {
    query->query.offset = (cs_option_u64_t){true, rows};
    return query;
}

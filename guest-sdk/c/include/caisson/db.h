/* The module's own tables. Grant: `[capabilities.database]` with the names of the tables.
 *
 *     cs_value row;
 *     CS_TRY(cs_db_first(cs_db_where(cs_db("servers"), "name", name), &row));
 *     if (cs_given(row)) …
 */
#ifndef CAISSON_DB_H
#define CAISSON_DB_H

#include "problem.h"

typedef host_database_predicate_t cs_condition;

enum {
    CS_EQ,
    CS_NE,
    CS_LT,
    CS_LE,
    CS_GT,
    CS_GE,
    CS_LIKE,
    CS_NOT_LIKE,
    CS_IN,
    CS_NOT_IN,
    CS_BETWEEN,
    CS_NOT_BETWEEN,
    CS_IS_NULL,
    CS_NOT_NULL
};

/* A statement in the making: cs_db begins it, cs_db_where and its like add to it and give it back, and the others end
 * it. */
typedef struct {
    host_database_query_t query;
    uint64_t changed; /* rows that the last change was made to */
    int64_t last_id;  /* the number of the row that was stored, where the table counts up */
} cs_query;

cs_query *cs_db(const char *table);

/* `column` equals `value`; a null asks for null. All conditions that are added must hold. */
#define cs_db_where(query, column, value) cs_db_filter(query, cs_is(column, value))
/* `column` compared in another way: cs_db_where_by(q, "load", CS_LT, 90). Of two operands for CS_BETWEEN, any for
 * CS_IN: a list. */
#define cs_db_where_by(query, column, operator, value) cs_db_filter(query, cs_by(column, operator, value))
/* One of several must hold: cs_db_where_any(q, cs_is("a", 1), cs_is("b", 2)). */
#define cs_db_where_any(query, ...)                                                                                    \
    cs_db_filter_any(query, (const cs_condition[]){__VA_ARGS__},                                                       \
                     sizeof((cs_condition[]){__VA_ARGS__}) / sizeof(cs_condition))
#define cs_is(column, value) cs_condition_of(column, CS_EQ, cs_v(value))
#define cs_by(column, operator, value) cs_condition_of(column, operator, cs_v(value))

/* One more column, `name`, `table.name` or `name as other`; all of the table's where none is named. */
cs_query *cs_db_column(cs_query *query, const char *column);
enum { CS_COUNT, CS_SUM, CS_MIN, CS_MAX, CS_AVG };
/* A count, sum, least, greatest or average beside the columns. */
cs_query *cs_db_aggregate(cs_query *query, uint8_t function, const char *column, const char *alias);
cs_query *cs_db_distinct(cs_query *query);
/* `left` and `right` are `table.column`. */
cs_query *cs_db_join(cs_query *query, const char *table, const char *left, const char *right);
cs_query *cs_db_left_join(cs_query *query, const char *table, const char *left, const char *right);
cs_query *cs_db_group(cs_query *query, const char *column);
cs_query *cs_db_order(cs_query *query, const char *column);
cs_query *cs_db_order_desc(cs_query *query, const char *column);
cs_query *cs_db_limit(cs_query *query, uint32_t rows);
cs_query *cs_db_offset(cs_query *query, uint64_t rows);

/* Asking. Rows are objects: a list of them, */
bool cs_db_get(cs_query *query, cs_value *rows);
/* the first one, or none, */
bool cs_db_first(cs_query *query, cs_value *row);
/* the one that must be there: 404, */
bool cs_db_one(cs_query *query, cs_value *row);
/* one column of every row, or of the first. */
bool cs_db_pluck(cs_query *query, const char *column, cs_value *list);
bool cs_db_value(cs_query *query, const char *column, cs_value *value);
bool cs_db_exists(cs_query *query, bool *exists);
bool cs_db_count(cs_query *query, uint64_t *count);
/* CS_SUM, CS_MIN, CS_MAX or CS_AVG of a column; none where there are no rows. */
bool cs_db_single(cs_query *query, uint8_t function, const char *column, cs_value *value);

/* Changing. A row is an object with a member for each column. */
bool cs_db_insert(cs_query *query, cs_value row);
/* Rows of the same columns: all or none. */
bool cs_db_insert_many(cs_query *query, cs_value rows);
/* Stores a row, or overwrites the one that is alike in these columns: cs_db_upsert(q, row, "service"). */
#define cs_db_upsert(query, row, ...) cs_db_store(query, row, (const char *const[]){__VA_ARGS__, NULL}, true)
/* Stores a row unless one that is alike in these columns is there. */
#define cs_db_insert_or_ignore(query, row, ...) cs_db_store(query, row, (const char *const[]){__VA_ARGS__, NULL}, false)
/* Sets the members of an object in every row that the conditions leave. */
bool cs_db_update(cs_query *query, cs_value fields);
/* Adds to a number where it stands. */
bool cs_db_increment(cs_query *query, const char *column, int64_t by);
bool cs_db_delete(cs_query *query);

/* Runs `work` as one transaction: kept where it returns true, undone where it does not. HTTP is refused meanwhile. */
bool cs_db_transaction(bool (*work)(void *context), void *context);

/* Tables. */
typedef enum {
    CS_COLUMN_ID = 1, /* counts up by itself: the primary key */
    CS_COLUMN_UUID,
    CS_COLUMN_VARCHAR, /* of at most `size` characters */
    CS_COLUMN_TEXT,
    CS_COLUMN_INTEGER,     /* 32 bits */
    CS_COLUMN_BIG_INTEGER, /* 64 bits */
    CS_COLUMN_BOOLEAN,
    CS_COLUMN_REAL,
    CS_COLUMN_DECIMAL, /* of `size` digits in all, `scale` of them after the point */
    CS_COLUMN_JSON,
    CS_COLUMN_CHOICE, /* one of `words` */
    CS_COLUMN_IP_ADDRESS,
    CS_COLUMN_DATE,
    CS_COLUMN_TIMESTAMP, /* milliseconds since the Unix epoch */
    CS_COLUMN_BYTES,
} cs_column_type;

typedef struct {
    const char *name;
    cs_column_type type;
    uint32_t size, scale;
    const char *const *words; /* up to a NULL */
    bool nullable, unique;
    cs_value initial;       /* for rows that are stored without it */
    const char *references; /* `table.column`, or `id` of the panel's services, clients or invoices: "services.id" */
    enum { CS_RESTRICT, CS_CASCADE, CS_SET_NULL } on_delete;
} cs_column;

/* `created_at` and `updated_at`, which the module fills. */
/* clang-format off */
#define CS_TIMESTAMPS                                                                                                  \
    {.name = "created_at", .type = CS_COLUMN_TIMESTAMP, .nullable = true},                                             \
    {.name = "updated_at", .type = CS_COLUMN_TIMESTAMP, .nullable = true}
/* clang-format on */

/* Columns of an index, up to a NULL. */
typedef struct {
    const char *const *columns;
    bool unique;
} cs_index;

typedef struct {
    const char *name;
    const cs_column *columns; /* up to one without a name */
    const char *const *primary_key;
    const cs_index *indexes; /* up to one without columns */
} cs_table;

/* Makes a table of these columns, unless it is there: cs_db_create("servers", {.name = "id", .type = CS_COLUMN_ID}, …).
 */
#define cs_db_create(table, ...)                                                                                       \
    cs_db_create_table(&(cs_table){.name = table, .columns = (const cs_column[]){__VA_ARGS__, {0}}})
bool cs_db_create_table(const cs_table *table);
#define cs_db_add_column(table, ...) cs_db_alter_add(table, &(cs_column)__VA_ARGS__)
bool cs_db_drop_column(const char *table, const char *column);
bool cs_db_rename_column(const char *table, const char *from, const char *to);
bool cs_db_add_index(const char *table, const cs_index *index);
bool cs_db_drop_index(const char *table, const char *const *columns);
/* Where it is there. */
bool cs_db_drop(const char *table);
bool cs_db_has_table(const char *table, bool *has);
bool cs_db_has_column(const char *table, const char *column, bool *has);

cs_query *cs_db_filter(cs_query *query, cs_condition condition);
cs_query *cs_db_filter_any(cs_query *query, const cs_condition *conditions, size_t count);
cs_condition cs_condition_of(const char *column, uint8_t operator, cs_value value);
bool cs_db_store(cs_query *query, cs_value row, const char *const *key, bool overwrite);
bool cs_db_alter_add(const char *table, const cs_column *column);

#endif

//! Both dialects have the same migrations, tables and columns.

use std::collections::BTreeSet;
use std::path::Path;

use caisson_storage::Dialect;
use caisson_storage::testing::{databases, empty_databases};
use sqlx::Row as _;

fn files(dialect: &str) -> BTreeSet<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// `table.column` of every `CREATE TABLE` and `ADD COLUMN` in a dialect's files.
fn columns_in_files(dialect: &str) -> BTreeSet<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
    let mut columns = BTreeSet::new();
    for file in files(dialect) {
        let mut table = None;
        for line in std::fs::read_to_string(dir.join(file)).unwrap().lines() {
            if let Some((table, column)) =
                line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "))
            {
                columns.extend(column.split_whitespace().next().map(|column| format!("{table}.{column}")));
            } else if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split_whitespace().next().map(str::to_owned);
            } else if line.starts_with(')') {
                table = None;
            } else if let (Some(table), Some(column)) = (&table, line.split_whitespace().next())
                && column.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            {
                columns.insert(format!("{table}.{column}"));
            }
        }
    }
    columns
}

#[test]
fn both_dialects_have_the_same_files_and_columns() {
    assert!(!files("sqlite").is_empty());
    assert_eq!(files("sqlite"), files("postgres"));
    let columns = columns_in_files("sqlite");
    assert!(columns.contains("tasks.lease_until"), "{columns:?}");
    assert_eq!(columns, columns_in_files("postgres"));
}

#[tokio::test]
async fn what_the_files_say_is_what_the_database_has() {
    let expected = columns_in_files("sqlite");
    for db in databases().await {
        let sql = match db.dialect() {
            Dialect::Sqlite => {
                "SELECT m.name || '.' || c.name AS it FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name <> '_sqlx_migrations'"
            }
            Dialect::Postgres => {
                "SELECT (table_name || '.' || column_name)::text AS it FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
            }
        };
        let mut conn = db.conn().await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await.unwrap();
        let found: BTreeSet<String> = rows.iter().map(|row| row.get("it")).collect();
        assert_eq!(found, expected, "{}", db.name());
    }
}

#[tokio::test]
async fn migrating_from_several_processes_at_once_applies_each_migration_once() {
    for db in empty_databases().await {
        assert_eq!(db.pending_migrations().await.unwrap(), files("sqlite").len(), "{}", db.name());
        let other = caisson_storage::Db::connect(db.url(), 2).await.unwrap();
        let (one, two) = tokio::join!(db.migrate(), other.migrate());
        one.unwrap();
        two.unwrap();
        assert_eq!(db.pending_migrations().await.unwrap(), 0, "{}", db.name());
        other.close().await;
    }
}

//! The wall below the builder: text that no builder wrote, run within a module's bounds.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor as _};

use super::scope::{Need, Scoped};
use super::{Column, Kind, Table, Tables, TablesConfig};
use crate::Db;
use crate::testing::{TestDb, databases};

async fn prepared(db: &TestDb) -> Arc<Tables> {
    let tables = Arc::new(Tables::new(Db::clone(db), TablesConfig::default()).await.unwrap());
    let secrets = Table {
        name: "secrets".to_owned(),
        columns: vec![Column {
            name: "id".to_owned(),
            kind: Kind::Id,
            nullable: false,
            default: None,
            unique: false,
        }],
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
    };
    for module in ["plugin/mine", "plugin/other"] {
        tables.session(&module.parse().unwrap()).create_table(&secrets, false).await.unwrap();
    }
    tables
}

/// Runs one text as the module `plugin/mine`, and undoes it.
async fn attempt(tables: &Tables, definitions: bool, sql: &str) -> super::Result<()> {
    let space = tables.space(&"plugin/mine".parse().unwrap());
    let mut conn = tables.db.conn().await?;
    let need = Need { definitions, whole: true, limit: Duration::from_secs(1) };
    let mut scoped = Scoped::enter(&mut conn, &space.names, need).await?;
    let done = scoped.execute(AssertSqlSafe(sql.to_owned())).await;
    scoped.leave(false).await?;
    Ok(done.map(drop)?)
}

const BOTH: [&str; 16] = [
    "SELECT * FROM clients",
    "SELECT email FROM admins",
    "SELECT * FROM sessions",
    "SELECT value FROM module_settings",
    "SELECT definition FROM module_tables",
    "SELECT provision_status FROM services",
    "UPDATE services SET provision_status = 'completed'",
    "DELETE FROM module_log",
    "INSERT INTO generations (name, value) VALUES ('x', 1)",
    "SELECT id FROM {mine} WHERE id IN (SELECT id FROM tokens)",
    "INSERT INTO {mine} (id) SELECT one FROM audit_head",
    "SELECT * FROM {other}",
    "DELETE FROM {other}",
    "DROP TABLE {other}",
    "DROP TABLE clients",
    "CREATE INDEX stolen ON clients (email)",
];

const SQLITE: [&str; 12] = [
    "ATTACH DATABASE '/tmp/caisson-attached.db' AS attached",
    "PRAGMA writable_schema = 1",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA table_info(clients)",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT sql FROM pragma_table_list",
    "CREATE TEMP TABLE stolen (id)",
    "CREATE VIEW {prefix}view AS SELECT * FROM clients",
    "CREATE TRIGGER {prefix}trigger AFTER INSERT ON {mine} BEGIN DELETE FROM clients; END",
    "CREATE VIRTUAL TABLE {prefix}virtual USING fts3(x)",
    "ALTER TABLE clients RENAME TO {prefix}clients",
    "COMMIT",
];

const POSTGRES: [&str; 11] = [
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY {mine} TO PROGRAM 'true'",
    "COPY {mine} TO '/tmp/caisson-copied'",
    "CREATE EXTENSION file_fdw",
    "CREATE ROLE stolen",
    "CREATE TABLE public.stolen (id bigint)",
    "CREATE SCHEMA stolen",
    "ALTER TABLE public.clients OWNER TO CURRENT_USER",
    "GRANT SELECT ON public.clients TO CURRENT_USER",
    "ALTER SYSTEM SET fsync = off",
];

#[tokio::test]
async fn the_database_itself_keeps_a_module_within_its_bounds() {
    let _case = caisson_threats::case(36, "the database itself keeps a module within its bounds")
        .times(BOTH.len() + SQLITE.len() + POSTGRES.len());
    for db in databases().await {
        let tables = prepared(&db).await;
        let (mine, other, corpus): (_, _, &[&str]) = match db.dialect() {
            crate::Dialect::Sqlite => ("mod_plugin_mine__secrets", "mod_plugin_other__secrets", &SQLITE),
            crate::Dialect::Postgres => ("mod_plugin_mine.secrets", "mod_plugin_other.secrets", &POSTGRES),
        };
        for sql in BOTH.iter().chain(corpus) {
            let sql = sql
                .replace("{mine}", mine)
                .replace("{other}", other)
                .replace("{prefix}", "mod_plugin_mine__")
                .replace("{space}", "mod_plugin_mine");
            for definitions in [false, true] {
                let done = attempt(&tables, definitions, &sql).await;
                assert!(done.is_err(), "{sql} on {}", db.name());
            }
        }
        attempt(&tables, false, &format!("SELECT * FROM {mine}")).await.unwrap();
        attempt(&tables, false, &format!("DELETE FROM {mine}")).await.unwrap();
        attempt(&tables, true, &format!("DROP TABLE {mine}")).await.unwrap();
        if db.dialect() == crate::Dialect::Sqlite {
            assert!(attempt(&tables, false, &format!("DROP TABLE {mine}")).await.is_err());
        }
        // The connection is the panel's again.
        let mut conn = db.conn().await.unwrap();
        sqlx::query("SELECT * FROM clients").fetch_all(&mut *conn).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_left_in_the_middle_is_not_lent_again() {
    let _case = caisson_threats::case(13, "a connection left in the middle is not lent again");
    let db = crate::testing::sqlite().await;
    let tables = prepared(&db).await;
    let space = tables.space(&"plugin/mine".parse().unwrap());
    for _ in 0..20 {
        let mut conn = tables.db.conn().await.unwrap();
        let need = Need { definitions: false, whole: false, limit: Duration::from_secs(1) };
        drop(Scoped::enter(&mut conn, &space.names, need).await.unwrap());
        drop(conn);
        let mut conn = tables.db.conn().await.unwrap();
        sqlx::query("SELECT * FROM clients").fetch_all(&mut *conn).await.unwrap();
    }
}

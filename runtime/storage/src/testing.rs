//! Databases for tests: each is fresh, migrated, and gone with its handle.
//!
//! A test asks for [`databases`] and runs its case on each of them: SQLite always, PostgreSQL when
//! `CAISSON_TEST_POSTGRES_URL` names a server and a superuser, such as `postgres://postgres@127.0.0.1:5432/postgres`.
#![expect(clippy::expect_used, reason = "a test without a database has failed, and should say why")]

use std::ops::Deref;

use sqlx::AssertSqlSafe;
use sqlx::any::AnyConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use uuid::Uuid;

use crate::Db;

/// Names the server on which tests may make databases.
pub const POSTGRES_URL: &str = "CAISSON_TEST_POSTGRES_URL";

const CONNECTIONS: u32 = 8;

/// A database of one test. It is removed when this is dropped.
pub struct TestDb {
    db: Db,
    url: String,
    place: Place,
}

enum Place {
    Sqlite { _dir: TempDir },
    Postgres { server: String, database: String },
}

impl TestDb {
    /// For a second process's pool, or a program under test.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// For messages of assertions.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.place {
            Place::Sqlite { .. } => "SQLite",
            Place::Postgres { .. } => "PostgreSQL",
        }
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Place::Postgres { server, database } = &self.place else { return };
        let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        // A thread of its own, since dropping cannot wait and the test's runtime may be ending.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(execute(server, drop));
            });
        });
    }
}

/// A fresh database of each kind that can be had here.
///
/// # Panics
/// When one cannot be made.
pub async fn databases() -> Vec<TestDb> {
    let mut databases = vec![sqlite().await];
    databases.extend(postgres().await);
    databases
}

/// A fresh SQLite database.
///
/// # Panics
/// When it cannot be made.
pub async fn sqlite() -> TestDb {
    let db = empty_sqlite().await;
    db.migrate().await.expect("the migrations to apply");
    db
}

/// A fresh PostgreSQL database, where there is a server.
///
/// # Panics
/// When it cannot be made.
pub async fn postgres() -> Option<TestDb> {
    let db = empty_postgres().await?;
    db.migrate().await.expect("the migrations to apply");
    Some(db)
}

/// The same databases before any migration.
///
/// # Panics
/// When one cannot be made.
pub async fn empty_databases() -> Vec<TestDb> {
    let mut databases = vec![empty_sqlite().await];
    databases.extend(empty_postgres().await);
    databases
}

async fn empty_sqlite() -> TestDb {
    let dir = TempDir::new().expect("a temporary directory");
    let url = format!("sqlite:{}", dir.path().join("panel.db").display());
    let db = Db::connect(&url, CONNECTIONS).await.expect("a SQLite database");
    TestDb { db, url, place: Place::Sqlite { _dir: dir } }
}

async fn empty_postgres() -> Option<TestDb> {
    let server = std::env::var(POSTGRES_URL).ok().filter(|url| !url.is_empty())?;
    let database = format!("caisson_test_{}", Uuid::new_v4().simple());
    sqlx::any::install_default_drivers();
    execute(&server, format!("CREATE DATABASE {database}")).await;

    let mut url = server.parse::<AnyConnectOptions>().expect("a URL of a server").database_url;
    url.set_path(&database);
    let url = url.to_string();
    let db = Db::connect(&url, CONNECTIONS).await.expect("the PostgreSQL database");
    Some(TestDb { db, url, place: Place::Postgres { server, database } })
}

async fn execute(server: &str, sql: String) {
    let options: AnyConnectOptions = server.parse().expect("a URL of a server");
    let mut conn = options.connect().await.expect("the PostgreSQL server to answer");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.expect("the statement to be accepted");
    conn.close().await.expect("the connection to close");
}

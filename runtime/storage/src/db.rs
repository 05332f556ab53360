//! The database: one pool, two dialects.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{Any, AnyPool, Connection as _, Executor as _};

use crate::error::{Result, StorageError};
use crate::tasks::TaskSignal;

/// What every repository works on: a pool's connection or a transaction lends one.
pub type Conn = sqlx::AnyConnection;
/// A transaction. Dropped without `commit`, it is rolled back.
pub type Tx = sqlx::Transaction<'static, Any>;
/// A connection that returns to its pool when dropped.
pub type PoolConn = sqlx::pool::PoolConnection<Any>;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Long enough for a burst of writers on SQLite, short enough for a page to answer that the panel is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The dialect of one connection.
pub(crate) fn dialect(conn: &Conn) -> Dialect {
    if conn.backend_name() == "PostgreSQL" { Dialect::Postgres } else { Dialect::Sqlite }
}

/// The panel's database. Clones share the pool and the task signal.
#[derive(Clone, Debug)]
pub struct Db {
    pool: AnyPool,
    dialect: Dialect,
    signal: TaskSignal,
}

impl Db {
    /// Opens `sqlite:<path>` (the file is made when it is missing) or `postgres://…`.
    ///
    /// # Errors
    /// [`StorageError::Other`] for a URL that is neither, or names a database in memory, which a pool cannot share;
    /// [`StorageError::Unavailable`] when nothing answers there.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (dialect, url) = parse_url(url)?;
        let options = AnyPoolOptions::new().max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT);
        let options = match dialect {
            Dialect::Sqlite => options.after_connect(|conn, _| Box::pin(configure_sqlite(conn))),
            Dialect::Postgres => options,
        };
        let pool = options.connect(&url).await?;
        Ok(Self { pool, dialect, signal: TaskSignal::default() })
    }

    /// Applies what migrations are missing. Any number of processes may call it at once.
    ///
    /// # Errors
    /// [`StorageError::Other`] when a migration fails, or an applied one is not what this program carries.
    pub async fn migrate(&self) -> Result<()> {
        match self.dialect {
            // One transaction around all: SQLite has no advisory lock, and the write lock serves as one.
            Dialect::Sqlite => {
                let mut tx = self.begin().await?;
                SQLITE.run_direct(None, &mut *tx, false).await?;
                tx.commit().await?;
            }
            Dialect::Postgres => POSTGRES.run(&self.pool).await?,
        }
        Ok(())
    }

    /// How many migrations [`Db::migrate`] would apply. Changes nothing in a database that was migrated before.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn pending_migrations(&self) -> Result<usize> {
        let migrator = self.migrator();
        let mut conn = self.conn().await?;
        conn.ensure_migrations_table(&migrator.table_name).await?;
        let applied = conn.list_applied_migrations(&migrator.table_name).await?;
        Ok(migrator
            .iter()
            .filter(|migration| !applied.iter().any(|done| done.version == migration.version))
            .count())
    }

    fn migrator(&self) -> &'static Migrator {
        match self.dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgres => &POSTGRES,
        }
    }

    /// A connection, for reading and for single statements.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when none becomes free.
    pub async fn conn(&self) -> Result<PoolConn> {
        Ok(self.pool.acquire().await?)
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a lock asked for later, after reading,
    /// is refused when anybody wrote in between.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when no connection becomes free or another writer does not finish.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<()> {
        let mut conn = self.conn().await?;
        conn.ping().await?;
        // A ping of SQLite does not leave the process; a read of the file does.
        sqlx::query("SELECT 1").execute(&mut *conn).await?;
        Ok(())
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Wakes this process's workers: notify it after the commit that enqueued.
    #[must_use]
    pub fn signal(&self) -> &TaskSignal {
        &self.signal
    }

    /// Waits for the connections to come back and closes them.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn parse_url(url: &str) -> Result<(Dialect, String)> {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Ok((Dialect::Postgres, url.to_owned()));
    }
    if !url.starts_with("sqlite:") {
        return Err(StorageError::other(
            "the database URL must begin with sqlite: or postgres://, such as sqlite:/var/lib/caisson/panel.db",
        ));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StorageError::other(
            "the database URL names a database in memory, which is gone with its connection: name a file",
        ));
    }
    let created = match url.split_once('?') {
        Some((_, query)) if query.contains("mode=") => url.to_owned(),
        Some(_) => format!("{url}&mode=rwc"),
        None => format!("{url}?mode=rwc"),
    };
    Ok((Dialect::Sqlite, created))
}

/// Settings that SQLite keeps per connection.
async fn configure_sqlite(conn: &mut Conn) -> std::result::Result<(), sqlx::Error> {
    for pragma in [
        // First, since the next one may have to wait for another process.
        "PRAGMA busy_timeout = 5000",
        // Readers go on while one writes.
        "PRAGMA journal_mode = WAL",
        // What was committed survives a power cut.
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
    ] {
        conn.execute(pragma).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server() {
        let sqlite = |url: &str| parse_url(url).unwrap();
        assert_eq!(sqlite("sqlite:/a/b.db"), (Dialect::Sqlite, "sqlite:/a/b.db?mode=rwc".to_owned()));
        assert_eq!(sqlite("sqlite:b.db?mode=ro").1, "sqlite:b.db?mode=ro");
        assert_eq!(sqlite("sqlite:b.db?cache=private").1, "sqlite:b.db?cache=private&mode=rwc");
        assert_eq!(sqlite("postgres://localhost/a").0, Dialect::Postgres);
        for bad in ["sqlite::memory:", "sqlite:x?mode=memory", "mysql://localhost", "panel.db"] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
    }
}

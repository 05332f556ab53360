//! The database: one pool, two dialects.

use std::time::Duration;

use deadpool::managed::Pool;
use sqlx::migrate::Migrator;

pub(crate) mod authorizer;
mod conn;
mod pool;
mod tx;

pub use conn::Conn;
pub use pool::{Connections, Lent, PoolConn};
pub use tx::Tx;

use crate::error::{Result, StorageError};
use crate::tasks::TaskSignal;
use conn::Native;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long [`Db::close`] waits for connections that are in use, and how often it looks.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
const CLOSE_STEP: Duration = Duration::from_millis(5);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The panel's database. Clones share the pool and the task signal.
#[derive(Clone, Debug)]
pub struct Db {
    pool: Pool<Connections>,
    dialect: Dialect,
    signal: TaskSignal,
}

impl Db {
    /// Opens `sqlite:<path>` (the file is made when it is missing) or `postgres://…`.
    ///
    /// # Errors
    /// [`StorageError::Address`] for a URL that is neither, or names a database in memory, which a pool cannot share;
    /// [`StorageError::Unavailable`] when nothing answers there.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let (dialect, url) = parse_url(url)?;
        let pool = Connections::parse(dialect, &url)?.pool(max_connections).await?;
        Ok(Self { pool, dialect, signal: TaskSignal::default() })
    }

    /// Applies what migrations are missing. Any number of processes may call it at once.
    ///
    /// # Errors
    /// [`StorageError::Other`] when a migration fails, or an applied one is not what this program carries.
    pub async fn migrate(&self) -> Result<()> {
        let mut conn = self.conn().await?;
        match conn.native() {
            // One transaction around all: SQLite has no advisory lock, and the write lock serves as one.
            Native::Sqlite(_) => {
                let mut tx = conn.begin().await?;
                if let Native::Sqlite(conn) = tx.native() {
                    SQLITE.run_direct(None, conn, false).await?;
                }
                tx.commit().await?;
            }
            Native::Postgres(conn) => POSTGRES.run_direct(None, conn, false).await?,
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
        let migrations = conn.as_migrate()?;
        migrations.ensure_migrations_table(&migrator.table_name).await?;
        let applied = migrations.list_applied_migrations(&migrator.table_name).await?;
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
        Ok(self.pool.get().await?.into())
    }

    /// A transaction that may write; see [`Conn::begin`].
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when no connection becomes free or another writer does not finish.
    pub async fn begin(&self) -> Result<Tx> {
        Tx::begin(self.conn().await?).await
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

    /// Closes what lies idle and every connection that comes back; waits for them a while.
    pub async fn close(&self) {
        let deadline = tokio::time::Instant::now() + CLOSE_TIMEOUT;
        // Idle ones are closed one by one, since a pool only drops them: SQLite's last close folds its journal into the file.
        loop {
            for conn in self.pool.retain(|_, _| false).removed {
                if let Err(error) = conn.close().await {
                    tracing::debug!(%error, "a connection did not close cleanly");
                }
            }
            if self.pool.status().size == 0 || tokio::time::Instant::now() > deadline {
                break;
            }
            tokio::time::sleep(CLOSE_STEP).await;
        }
        self.pool.close();
    }
}

fn parse_url(url: &str) -> Result<(Dialect, String)> {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Ok((Dialect::Postgres, url.to_owned()));
    }
    if !url.starts_with("sqlite:") {
        return Err(StorageError::Address(
            "must begin with sqlite: or postgres://, such as sqlite:/var/lib/caisson/panel.db",
        ));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StorageError::Address(
            "names a database in memory, which is gone with its connection: name a file",
        ));
    }
    let created = match url.split_once('?') {
        Some((_, query)) if query.contains("mode=") => url.to_owned(),
        Some(_) => format!("{url}&mode=rwc"),
        None => format!("{url}?mode=rwc"),
    };
    Ok((Dialect::Sqlite, created))
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

//! Connections to lend.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};

use super::{Conn, Dialect, authorizer};
use crate::error::{Result, StorageError};

/// A connection that returns to its pool when dropped.
#[derive(Debug)]
pub struct PoolConn(Option<Object<Connections>>);

impl From<Object<Connections>> for PoolConn {
    fn from(conn: Object<Connections>) -> Self {
        Self(Some(conn))
    }
}

impl Deref for PoolConn {
    type Target = Conn;

    #[expect(clippy::expect_used, reason = "only `drop` takes it")]
    fn deref(&self) -> &Conn {
        self.0.as_ref().expect("a connection that was not given back")
    }
}

impl DerefMut for PoolConn {
    #[expect(clippy::expect_used, reason = "only `drop` takes it")]
    fn deref_mut(&mut self) -> &mut Conn {
        self.0.as_mut().expect("a connection that was not given back")
    }
}

impl Drop for PoolConn {
    /// A transaction that was dropped on the connection, whoever began it there, ends before anybody else gets the connection:
    /// PostgreSQL must hear of the rollback, and SQLite's thread must have come to it, or the transaction keeps its locks. One that
    /// cannot be lent again is closed now, for the same reason.
    fn drop(&mut self) {
        let Some(mut conn) = self.0.take() else { return };
        if !conn.is_sound() {
            drop(Object::take(conn));
        } else if conn.is_ending()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let settled = conn.settle().await.is_ok() && conn.backend().get_transaction_depth() == 0;
                if !settled {
                    drop(Object::take(conn));
                }
            });
        }
    }
}

/// Long enough for a burst of writers on SQLite, short enough for a page to answer that the panel is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long another process may hold SQLite's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that lay idle longer is asked for a sign of life before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_secs(15);

/// A `Conn` by value or by reference: what a transaction may hold.
pub trait Lent: DerefMut<Target = Conn> {}
impl<C: DerefMut<Target = Conn>> Lent for C {}

/// Makes connections and looks after them.
#[derive(Debug)]
pub struct Connections {
    options: Options,
}

#[derive(Debug)]
enum Options {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

impl Connections {
    pub(super) fn parse(dialect: Dialect, url: &str) -> Result<Self> {
        let options = match dialect {
            Dialect::Sqlite => Options::Sqlite(
                url.parse::<SqliteConnectOptions>()?
                    .busy_timeout(BUSY_TIMEOUT)
                    // Readers go on while one writes.
                    .journal_mode(SqliteJournalMode::Wal)
                    // What was committed survives a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true),
            ),
            Dialect::Postgres => Options::Postgres(url.parse()?),
        };
        Ok(Self { options })
    }

    /// A pool of at most so many, with one already made, so that a wrong URL shows now.
    pub(super) async fn pool(self, max: u32) -> Result<Pool<Self>> {
        let pool = Pool::builder(self)
            .max_size(max as usize)
            .runtime(deadpool::Runtime::Tokio1)
            .wait_timeout(Some(ACQUIRE_TIMEOUT))
            .create_timeout(Some(ACQUIRE_TIMEOUT))
            .recycle_timeout(Some(ACQUIRE_TIMEOUT))
            // The connection used last has its statements prepared and its pages cached.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(StorageError::other)?;
        drop(pool.get().await?);
        Ok(pool)
    }
}

impl managed::Manager for Connections {
    type Type = Conn;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<Conn> {
        Ok(match &self.options {
            Options::Sqlite(options) => {
                let mut conn = options.connect().await?;
                // Schemas that modules bring in must not run functions with side effects.
                conn.execute("PRAGMA trusted_schema = OFF").await?;
                let scope = authorizer::guard(&mut conn).await?;
                Conn::sqlite(conn, scope)
            }
            Options::Postgres(options) => Conn::postgres(options.connect().await?),
        })
    }

    async fn recycle(&self, conn: &mut Conn, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if !conn.is_sound() {
            return Err(RecycleError::message(
                "the connection is broken, or was left in the middle of a statement",
            ));
        }
        if conn.backend().should_flush() {
            conn.backend().flush().await?;
        }
        if metrics.last_used() > TRUSTED_IDLE {
            conn.ping().await?;
        }
        Ok(())
    }
}

impl From<PoolError<sqlx::Error>> for StorageError {
    fn from(error: PoolError<sqlx::Error>) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            other => Self::Unavailable(other.into()),
        }
    }
}

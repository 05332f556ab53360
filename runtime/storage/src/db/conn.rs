//! One connection, of either database.

use std::future;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use sqlx::any::{Any, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::migrate::Migrate;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Either, Execute, Executor, SqlStr};
use sqlx_core::any::AnyConnectionBackend;

use super::authorizer::Scope;
use super::{Dialect, Tx};
use crate::error::Result;

/// What every repository works on: a pool's connection or a transaction lends one.
///
/// Statements go through sqlx's `Any`, so that one text serves both databases; the connection underneath stays at hand for
/// what only one of them has.
#[derive(Debug)]
pub struct Conn {
    native: Native,
    /// What SQLite lets its statements touch.
    scope: Option<Arc<Scope>>,
    /// A fault of the connection itself was seen: the pool must not lend it again.
    broken: bool,
    /// A transaction was dropped on it, and its rollback is still on the way.
    ending: bool,
}

#[derive(Debug)]
pub(crate) enum Native {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Conn {
    pub(super) fn sqlite(conn: SqliteConnection, scope: Arc<Scope>) -> Self {
        Self { native: Native::Sqlite(conn), scope: Some(scope), broken: false, ending: false }
    }

    pub(super) fn postgres(conn: PgConnection) -> Self {
        Self { native: Native::Postgres(conn), scope: None, broken: false, ending: false }
    }

    /// The dialect it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.native {
            Native::Sqlite(_) => Dialect::Sqlite,
            Native::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that may write, or a savepoint in the one that is open. On SQLite it takes the write lock at
    /// once: a lock asked for later, after reading, is refused when anybody wrote in between.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`](crate::StorageError::Unavailable) when another writer does not finish.
    pub async fn begin(&mut self) -> Result<Tx<&mut Self>> {
        Tx::begin(self).await
    }

    /// Whether the server, or SQLite's thread, answers.
    pub(crate) async fn ping(&mut self) -> sqlx::Result<()> {
        self.backend().ping().await
    }

    /// Rolls back the innermost transaction without waiting for it.
    pub(super) fn start_rollback(&mut self) {
        self.backend().start_rollback();
        self.ending = true;
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending
    }

    /// Waits until a rollback that is on the way has happened. Before that the connection takes itself to be in the transaction,
    /// and whatever a module may not do would hold for the rollback too.
    pub(crate) async fn settle(&mut self) -> sqlx::Result<()> {
        if self.ending {
            self.ping().await?;
            self.ending = false;
        }
        Ok(())
    }

    /// Whether it may be lent again. One that still belongs to a module was left in the middle of a statement.
    pub(crate) fn is_sound(&self) -> bool {
        !self.broken && self.scope.as_ref().is_none_or(|scope| scope.is_open())
    }

    pub(crate) fn scope(&self) -> Option<&Arc<Scope>> {
        self.scope.as_ref()
    }

    pub(crate) fn native(&mut self) -> &mut Native {
        &mut self.native
    }

    pub(crate) fn backend(&mut self) -> &mut dyn AnyConnectionBackend {
        match &mut self.native {
            Native::Sqlite(conn) => conn,
            Native::Postgres(conn) => conn,
        }
    }

    pub(crate) fn as_migrate(&mut self) -> sqlx::Result<&mut (dyn Migrate + Send + 'static)> {
        self.backend().as_migrate()
    }

    pub(crate) async fn close(self) -> sqlx::Result<()> {
        let backend: Box<dyn AnyConnectionBackend> = match self.native {
            Native::Sqlite(conn) => Box::new(conn),
            Native::Postgres(conn) => Box::new(conn),
        };
        backend.close().await
    }

    /// The backend, and where to note that it broke.
    fn parts(&mut self) -> (&mut dyn AnyConnectionBackend, &mut bool) {
        let backend: &mut dyn AnyConnectionBackend = match &mut self.native {
            Native::Sqlite(conn) => conn,
            Native::Postgres(conn) => conn,
        };
        (backend, &mut self.broken)
    }
}

/// Whether an error is the connection's own: nothing more will come over it.
fn breaks(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed
    )
}

impl<'c> Executor<'c> for &'c mut Conn {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        mut query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<AnyQueryResult, AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let arguments = match query.take_arguments().map_err(sqlx::Error::Encode) {
            Ok(arguments) => arguments,
            Err(error) => return stream::once(future::ready(Err(error))).boxed(),
        };
        let persistent = query.persistent();
        let (backend, broken) = self.parts();
        backend
            .fetch_many(query.sql(), persistent, arguments)
            .inspect_err(move |error| *broken |= breaks(error))
            .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, mut query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let arguments = match query.take_arguments().map_err(sqlx::Error::Encode) {
            Ok(arguments) => arguments,
            Err(error) => return future::ready(Err(error)).boxed(),
        };
        let persistent = query.persistent();
        let (backend, broken) = self.parts();
        backend
            .fetch_optional(query.sql(), persistent, arguments)
            .inspect(move |row| *broken |= row.as_ref().is_err_and(breaks))
            .boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &[AnyTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'c: 'e,
    {
        self.backend().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<sqlx::Describe<Any>>>
    where
        'c: 'e,
    {
        self.backend().describe(sql)
    }
}

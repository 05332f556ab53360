//! A connection that for one statement is its module's and nobody else's.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor as _};

use super::error::Result;
use super::names::Names;
use crate::db::authorizer::Bounds;
use crate::{Conn, Dialect, Tx};

/// What a statement needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    /// Makes or changes tables.
    pub(super) definitions: bool,
    /// More than one statement, all or none.
    pub(super) whole: bool,
    pub(super) limit: Duration,
}

/// The connection within its module's bounds: PostgreSQL's role, SQLite's authorizer; both with a time limit.
///
/// Dropped without [`Scoped::leave`], the transaction is rolled back, and SQLite's connection stays closed to the panel, by
/// which its pool knows not to lend it again: the statement may still be on its way.
pub(super) struct Scoped<'c> {
    conn: Held<'c>,
    nested: bool,
}

enum Held<'c> {
    Plain(&'c mut Conn),
    Tx(Tx<&'c mut Conn>),
}

impl<'c> Scoped<'c> {
    pub(super) async fn enter(conn: &'c mut Conn, names: &Names, need: Need) -> Result<Self> {
        conn.settle().await?;
        let nested = conn.backend().get_transaction_depth() > 0;
        match conn.dialect() {
            Dialect::Postgres => {
                let mut tx = conn.begin().await?;
                // Local to the transaction: whatever happens, the role ends with it.
                let enter = format!(
                    "SET LOCAL ROLE \"{}\"; SET LOCAL statement_timeout = {}",
                    names.role,
                    need.limit.as_millis().max(1)
                );
                tx.execute(sqlx::raw_sql(AssertSqlSafe(enter))).await?;
                Ok(Self { conn: Held::Tx(tx), nested })
            }
            Dialect::Sqlite => {
                let conn = if need.whole { Held::Tx(conn.begin().await?) } else { Held::Plain(conn) };
                let scoped = Self { conn, nested };
                if let Some(scope) = scoped.scope() {
                    let bounds = Bounds { prefix: names.prefix().into(), definitions: need.definitions };
                    scope.close(bounds, need.limit);
                }
                Ok(scoped)
            }
        }
    }

    /// Opens the connection to the panel again, and keeps or undoes what was done.
    pub(super) async fn leave(mut self, keep: bool) -> Result<()> {
        if let Some(scope) = self.scope() {
            scope.open();
        }
        if keep && self.nested && self.dialect() == Dialect::Postgres {
            // A savepoint that is kept keeps its settings: the rest of the transaction is the panel's.
            self.execute(sqlx::raw_sql("RESET ROLE; SET LOCAL statement_timeout TO DEFAULT")).await?;
        }
        match self.conn {
            Held::Plain(_) => {}
            Held::Tx(tx) if keep => tx.commit().await?,
            Held::Tx(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

impl Deref for Scoped<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.conn {
            Held::Plain(conn) => conn,
            Held::Tx(tx) => tx,
        }
    }
}

impl DerefMut for Scoped<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.conn {
            Held::Plain(conn) => conn,
            Held::Tx(tx) => tx,
        }
    }
}

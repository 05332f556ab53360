//! Transactions and savepoints.

use std::ops::{Deref, DerefMut};

use sqlx::SqlSafeStr as _;

use super::{Conn, Dialect, Lent};
use crate::error::Result;

/// A transaction on a connection of the pool, or a savepoint in one that is open. Dropped without `commit`, it is rolled
/// back.
#[derive(Debug)]
pub struct Tx<C: Lent = super::PoolConn> {
    /// None once it has ended.
    conn: Option<C>,
}

impl<C: Lent> Tx<C> {
    pub(super) async fn begin(mut conn: C) -> Result<Self> {
        conn.settle().await?;
        let mut tx = Self { conn: Some(conn) };
        let dialect = tx.dialect();
        let backend = tx.backend();
        let outermost = backend.get_transaction_depth() == 0;
        let statement = (outermost && dialect == Dialect::Sqlite).then(|| "BEGIN IMMEDIATE".into_sql_str());
        if let Err(error) = backend.begin(statement).await {
            // Nothing began, so there is nothing to roll back.
            tx.conn = None;
            return Err(error.into());
        }
        Ok(tx)
    }

    /// # Errors
    /// Where the database refuses; then nothing of it has happened.
    pub async fn commit(mut self) -> Result<()> {
        self.backend().commit().await?;
        self.conn = None;
        Ok(())
    }

    /// # Errors
    /// Where the database does not answer.
    pub async fn rollback(mut self) -> Result<()> {
        self.backend().rollback().await?;
        self.conn = None;
        Ok(())
    }
}

impl<C: Lent> Deref for Tx<C> {
    type Target = Conn;

    #[expect(
        clippy::expect_used,
        reason = "only `commit`, `rollback` and `drop` take it, and they consume the transaction"
    )]
    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("a transaction that has not ended")
    }
}

impl<C: Lent> DerefMut for Tx<C> {
    #[expect(
        clippy::expect_used,
        reason = "only `commit`, `rollback` and `drop` take it, and they consume the transaction"
    )]
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a transaction that has not ended")
    }
}

impl<C: Lent> Drop for Tx<C> {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        conn.start_rollback();
    }
}

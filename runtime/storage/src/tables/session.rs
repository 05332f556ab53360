//! What one call does with its module's tables.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Tables;
use super::error::{Result, TableError, invalid};
use super::schema::{self, Schema};
use super::space::Space;
use crate::{Conn, PoolConn, StorageError, Tx};

/// One call's way to its module's tables. A transaction that is open when it is dropped is rolled back.
pub struct Session {
    pub(super) tables: Arc<Tables>,
    pub(super) space: Arc<Space>,
    pub(super) open: Option<Open>,
    /// Whether the whole call is one transaction, which its end decides.
    pub(super) whole: bool,
    /// Whether tables may only grow: another version works on them meanwhile.
    pub(super) additive: bool,
    /// Statements may take no longer, whatever the configuration says: what is left of the call.
    pub(super) limit: Duration,
}

/// The transaction that is open.
pub(super) struct Open {
    pub(super) tx: Tx<PoolConn>,
    since: Instant,
    /// Whether the module began one of its own within the call's.
    inner: bool,
    /// The tables as this transaction has them, where it changed them.
    pub(super) changed: Option<Arc<Schema>>,
}

impl Session {
    pub(super) fn new(tables: Arc<Tables>, space: Arc<Space>) -> Self {
        let limit = tables.config.statement_limit;
        Self { tables, space, open: None, whole: false, additive: false, limit }
    }

    /// Makes all that the call does one transaction: [`Session::finish`] keeps it or undoes it.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Lets the call add to tables what is of no concern to others, and nothing else.
    #[must_use]
    pub fn additive(self) -> Self {
        Self { additive: true, ..self }
    }

    /// Lets the next statements take at most so long.
    pub fn within(&mut self, left: Duration) {
        self.limit = left.min(self.tables.config.statement_limit).max(Duration::from_millis(1));
    }

    /// How long a transaction has been open, if one is. On SQLite it keeps everybody else from writing.
    #[must_use]
    pub fn open_for(&self) -> Option<Duration> {
        self.open.as_ref().map(|open| open.since.elapsed())
    }

    /// The connection that the call works on: its transaction, where one is open, or one of the pool, kept in `held`. What
    /// the panel does in the module's name goes through it too, so that the module's rows and the panel's change together.
    ///
    /// # Errors
    /// Where no connection becomes free.
    pub async fn conn<'c>(&'c mut self, held: &'c mut Option<PoolConn>) -> crate::Result<&'c mut Conn> {
        if self.whole && self.open.is_none() {
            self.open().await?;
        }
        match &mut self.open {
            Some(open) => Ok(&mut open.tx),
            None => Ok(held.insert(self.tables.db.conn().await?)),
        }
    }

    pub(super) async fn open(&mut self) -> crate::Result<()> {
        let tx = self.tables.db.begin().await?;
        self.open = Some(Open { tx, since: Instant::now(), inner: false, changed: None });
        Ok(())
    }

    /// # Errors
    /// [`TableError::Invalid`] where one is open, [`TableError::Busy`] where another writer does not finish.
    pub async fn begin(&mut self) -> Result<()> {
        if self.whole && self.open.is_none() {
            self.open().await.map_err(busy)?;
        }
        match &mut self.open {
            None => self.open().await.map_err(busy),
            Some(open) if self.whole && !open.inner => {
                open.tx.backend().begin(None).await?;
                open.inner = true;
                Ok(())
            }
            Some(_) => invalid("a transaction is open already: commit it or roll it back first"),
        }
    }

    /// # Errors
    /// [`TableError::Invalid`] where none is open.
    pub async fn commit(&mut self) -> Result<()> {
        match &mut self.open {
            Some(open) if open.inner => {
                open.tx.backend().commit().await?;
                open.inner = false;
                Ok(())
            }
            Some(_) if !self.whole => self.keep().await,
            _ => invalid("no transaction is open"),
        }
    }

    /// # Errors
    /// [`TableError::Invalid`] where none is open.
    pub async fn rollback(&mut self) -> Result<()> {
        match &mut self.open {
            Some(open) if open.inner => {
                open.tx.backend().rollback().await?;
                open.inner = false;
                if open.changed.is_some() {
                    open.changed = Some(Arc::new(schema::load(&mut open.tx, &self.space.module).await?));
                }
                Ok(())
            }
            Some(_) if !self.whole => {
                let Some(open) = self.open.take() else { return Ok(()) };
                Ok(open.tx.rollback().await?)
            }
            _ => invalid("no transaction is open"),
        }
    }

    /// Ends the call: keeps a transaction that is the whole call's where `well`, and undoes any other. True where one was left
    /// open that the module should have ended.
    ///
    /// # Errors
    /// Where the database refuses to keep it; then nothing is kept.
    pub async fn finish(&mut self, well: bool) -> Result<bool> {
        match &self.open {
            None => Ok(false),
            Some(open) if self.whole && well && !open.inner => self.keep().await.map(|()| false),
            Some(_) => {
                let left = !self.whole || self.open.as_ref().is_some_and(|open| open.inner);
                if let Some(open) = self.open.take() {
                    open.tx.rollback().await?;
                }
                Ok(left)
            }
        }
    }

    async fn keep(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        open.tx.commit().await.map_err(busy)?;
        if open.changed.is_some() {
            self.space.forget();
        }
        self.tables.db.signal().notify();
        Ok(())
    }

    /// The module's tables as this call sees them.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn schema(&mut self) -> Result<Arc<Schema>> {
        if let Some(changed) = self.open.as_ref().and_then(|open| open.changed.clone()) {
            return Ok(changed);
        }
        match (self.space.known(), &mut self.open) {
            (Some(known), _) => Ok(known),
            (None, None) => Ok(self.space.load(&mut *self.tables.db.conn().await?).await?),
            // What a transaction reads is not yet everybody's.
            (None, Some(open)) => Ok(Arc::new(schema::load(&mut open.tx, &self.space.module).await?)),
        }
    }
}

pub(super) fn busy(error: StorageError) -> TableError {
    match error {
        StorageError::Unavailable(cause) => {
            tracing::debug!(error = %cause, "a module's transaction had to wait too long");
            TableError::Busy
        }
        other => other.into(),
    }
}

//! Tables of modules: each module sees its own and no others.
//!
//! Three walls stand one behind the other. A module gives structure, never text: every name is looked up in what the module
//! itself defined, every value is bound. What it defined is a record of the panel's, out of its reach. And whatever the
//! statement says, the database itself refuses to leave the module's share: a role and a schema of its own on PostgreSQL,
//! names with its prefix and an authorizer on SQLite.
//!
//! A [`Session`] is one call's: it holds the transaction the module opened, and rolls it back when it is dropped.

mod define;
mod error;
mod export;
mod model;
mod names;
mod schema;
mod scope;
mod select;
mod session;
mod space;
mod statements;
#[cfg(test)]
mod tests;
mod usage;
mod value;
mod write;

use std::sync::Arc;
use std::time::Duration;

use caisson_types::ModuleKey;
use dashmap::DashMap;

pub use error::{Constraint, Result, TableError};
pub use export::Cursor;
pub use model::{
    Aggregate, Alteration, Assignment, Column, Condition, Expression, ForeignKey, Index, Insert, Inserted,
    Join, JoinKind, Kind, OnConflict, OnDelete, Operator, Ordering, PANEL_TABLES, Predicate, Projection,
    Query, Rows, Table, Value,
};
pub use schema::Schema;
pub use session::Session;

use crate::row::Fields;
use crate::{Conn, Db, Dialect, Result as StorageResult};
use space::Space;

/// What one module may take.
#[derive(Clone, Copy, Debug)]
pub struct TablesConfig {
    /// Bytes of all of a module's tables, indexes included.
    pub quota_bytes: u64,
    /// Time of one statement.
    pub statement_limit: Duration,
    /// Bytes of one answer.
    pub answer_bytes: usize,
}

impl Default for TablesConfig {
    fn default() -> Self {
        Self { quota_bytes: 256 << 20, statement_limit: Duration::from_secs(5), answer_bytes: 8 << 20 }
    }
}

/// All modules' tables. One per process.
pub struct Tables {
    db: Db,
    config: TablesConfig,
    /// Tells this database from others of its server.
    database: i64,
    spaces: DashMap<ModuleKey, Arc<Space>>,
}

impl Tables {
    /// # Errors
    /// Those of reading.
    pub async fn new(db: Db, config: TablesConfig) -> StorageResult<Self> {
        let database = match db.dialect() {
            Dialect::Sqlite => 0,
            Dialect::Postgres => {
                let sql =
                    "SELECT CAST(oid AS BIGINT) AS id FROM pg_database WHERE datname = current_database()";
                let row = sqlx::query(sql).fetch_one(&mut *db.conn().await?).await?;
                Fields::new(&row).get("id")?
            }
        };
        Ok(Self { db, config, database, spaces: DashMap::new() })
    }

    /// A call's way to its module's tables. Takes no connection before it is used.
    #[must_use]
    pub fn session(self: &Arc<Self>, module: &ModuleKey) -> Session {
        Session::new(Arc::clone(self), self.space(module))
    }

    /// Wakes this process's workers: notify it once a task is stored.
    #[must_use]
    pub fn signal(&self) -> &crate::TaskSignal {
        self.db.signal()
    }

    /// What a module's tables look like now.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn schema(&self, module: &ModuleKey) -> StorageResult<Schema> {
        schema::load(&mut *self.db.conn().await?, module).await
    }

    /// Bytes that a module's tables take, indexes included.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn measure(&self, module: &ModuleKey) -> StorageResult<u64> {
        usage::measure(&mut *self.db.conn().await?, &self.space(module).names).await
    }

    /// Forgets what was read of a module: another process changed it.
    pub fn refresh(&self, module: &ModuleKey) {
        if let Some(space) = self.spaces.get(module) {
            space.forget();
        }
    }

    /// Drops all of a module's tables with what is in them.
    ///
    /// # Errors
    /// Those of writing; then nothing is gone.
    pub async fn erase(&self, module: &ModuleKey) -> StorageResult<()> {
        let mut tx = self.db.begin().await?;
        self.erase_within(&mut tx, module).await?;
        tx.commit().await?;
        self.refresh(module);
        Ok(())
    }

    /// The same in the caller's transaction; call [`Tables::refresh`] once it is kept.
    ///
    /// # Errors
    /// Those of writing.
    pub async fn erase_within(&self, conn: &mut Conn, module: &ModuleKey) -> StorageResult<()> {
        self.space(module).erase(conn).await
    }

    fn space(&self, module: &ModuleKey) -> Arc<Space> {
        if let Some(space) = self.spaces.get(module) {
            return Arc::clone(&space);
        }
        let space = || Arc::new(Space::new(self.db.dialect(), self.database, module.clone()));
        Arc::clone(&self.spaces.entry(module.clone()).or_insert_with(space))
    }
}

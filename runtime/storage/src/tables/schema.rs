//! Which tables a module has: the panel's own record of it, kept in step with the tables themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use caisson_types::ModuleKey;

use super::error::{Result, missing};
use super::model::{ForeignKey, Table};
use crate::error::StorageError;
use crate::row::Fields;
use crate::{Conn, Result as StorageResult};

/// A module's tables by name.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    tables: BTreeMap<String, Arc<Table>>,
}

impl Schema {
    /// # Errors
    /// [`TableError::Missing`](super::TableError::Missing).
    pub(super) fn table(&self, name: &str) -> Result<&Table> {
        self.tables.get(name).map(|table| &**table).ok_or_else(|| {
            let shown: String = name.chars().take(60).collect();
            missing(format!("the module has no table '{}'", shown.escape_debug()))
        })
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tables.contains_key(name)
    }

    /// All of them, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values().map(|table| &**table)
    }

    /// Foreign keys of other tables that point to one.
    pub(super) fn pointing_to<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s ForeignKey> {
        self.tables()
            .filter(move |table| table.name != name)
            .flat_map(|table| &table.foreign_keys)
            .filter(move |key| key.table == name)
    }

    pub(super) fn put(&mut self, table: Table) {
        self.tables.insert(table.name.clone(), Arc::new(table));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.tables.remove(name);
    }
}

pub(super) async fn load(conn: &mut Conn, module: &ModuleKey) -> StorageResult<Schema> {
    let rows = sqlx::query("SELECT definition FROM module_tables WHERE module = $1")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    let mut schema = Schema::default();
    for row in &rows {
        schema.put(Fields::new(row).json("definition")?);
    }
    Ok(schema)
}

pub(super) async fn save(conn: &mut Conn, module: &ModuleKey, table: &Table) -> StorageResult<()> {
    let definition = serde_json::to_string(table).map_err(StorageError::other)?;
    sqlx::query(
        "INSERT INTO module_tables (module, name, definition) VALUES ($1, $2, $3) \
         ON CONFLICT (module, name) DO UPDATE SET definition = excluded.definition",
    )
    .bind(module.to_string())
    .bind(table.name.as_str())
    .bind(definition)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

pub(super) async fn forget(conn: &mut Conn, module: &ModuleKey, table: &str) -> StorageResult<()> {
    sqlx::query("DELETE FROM module_tables WHERE module = $1 AND name = $2")
        .bind(module.to_string())
        .bind(table)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

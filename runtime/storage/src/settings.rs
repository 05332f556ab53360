//! What an administrator entered on a module's settings page. Secret values are stored sealed (see [`crate::vault`]).

use caisson_types::ModuleKey;
use serde_json::Value;

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, read_all};

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub key: String,
    /// Null when the value is sealed.
    pub value: Value,
    pub sealed: Option<Vec<u8>>,
}

fn read(row: Fields<'_>) -> Result<Setting> {
    Ok(Setting { key: row.get("key")?, value: row.json("value")?, sealed: row.get("sealed")? })
}

/// Makes `settings` the module's only ones. Give it a transaction: between its statements some are missing.
///
/// # Errors
/// [`StorageError::ForeignKey`] without the module; [`StorageError::Unique`] when a key is given twice.
pub async fn replace_all(conn: &mut Conn, module: &ModuleKey, settings: &[Setting]) -> Result<()> {
    sqlx::query("DELETE FROM module_settings WHERE module = $1")
        .bind(module.to_string())
        .execute(&mut *conn)
        .await?;
    for setting in settings {
        sqlx::query("INSERT INTO module_settings (module, key, value, sealed) VALUES ($1, $2, $3, $4)")
            .bind(module.to_string())
            .bind(setting.key.as_str())
            .bind(setting.value.to_string())
            .bind(setting.sealed.clone())
            .execute(&mut *conn)
            .await
            .map_err(|error| StorageError::from(error).unique("the setting"))?;
    }
    Ok(())
}

/// A module's settings, by key.
///
/// # Errors
/// Those of reading.
pub async fn all(conn: &mut Conn, module: &ModuleKey) -> Result<Vec<Setting>> {
    let rows = sqlx::query("SELECT * FROM module_settings WHERE module = $1 ORDER BY key")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

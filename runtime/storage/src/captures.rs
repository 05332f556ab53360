//! What it takes to make calls that failed again; goes with the call.

use caisson_types::{CallId, ModuleKey};
use serde_json::Value;

use crate::db::Conn;
use crate::error::{Optional as _, Result};
use crate::row::{Fields, as_i64};

/// Adds what was captured of a call that is stored.
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without the call.
pub async fn append(conn: &mut Conn, call: CallId, module: &ModuleKey, captured: &Value) -> Result<()> {
    sqlx::query("INSERT INTO call_captures (call_id, module, captured) VALUES ($1, $2, $3)")
        .bind(call.to_string())
        .bind(module.to_string())
        .bind(captured.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// None where the call ended well, or others came after it.
///
/// # Errors
/// Those of reading.
pub async fn of(conn: &mut Conn, call: CallId) -> Result<Option<Value>> {
    let row = sqlx::query("SELECT captured FROM call_captures WHERE call_id = $1")
        .bind(call.to_string())
        .fetch_one(&mut *conn)
        .await
        .map_err(crate::StorageError::from)
        .optional()?;
    row.map(|row| Fields::new(&row).json("captured")).transpose()
}

/// Deletes all but the newest `keep` of a module.
///
/// # Errors
/// Those of writing.
pub async fn trim(conn: &mut Conn, module: &ModuleKey, keep: u64) -> Result<()> {
    sqlx::query(
        "DELETE FROM call_captures WHERE module = $1 AND call_id NOT IN \
         (SELECT call_id FROM call_captures WHERE module = $1 ORDER BY call_id DESC LIMIT $2)",
    )
    .bind(module.to_string())
    .bind(as_i64(keep))
    .execute(&mut *conn)
    .await?;
    Ok(())
}

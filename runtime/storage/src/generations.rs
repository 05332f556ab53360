//! Counters that tell other processes of the panel that something changed, so that they need to compare one number
//! instead of reading everything again.

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;

/// Counts changes to what modules are active, granted and configured.
pub const MODULES: &str = "modules";

/// Counts one more change: in the transaction that makes it.
///
/// # Errors
/// Those of writing.
pub async fn bump(conn: &mut Conn, name: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO generations (name, value) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET value = generations.value + 1",
    )
    .bind(name)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// How many changes there were.
///
/// # Errors
/// Those of reading.
pub async fn current(conn: &mut Conn, name: &str) -> Result<i64> {
    let row = sqlx::query("SELECT value FROM generations WHERE name = $1")
        .bind(name)
        .fetch_optional(&mut *conn)
        .await?;
    row.map_or(Ok(0), |row| Fields::new(&row).get("value"))
}

//! What was tried and when, to slow down guessing. A key names who tried what: `login:account:…`, `login:address:…`.

use caisson_types::Timestamp;

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;

/// Notes one attempt.
///
/// # Errors
/// Those of writing.
pub async fn record(conn: &mut Conn, key: &str, now: Timestamp) -> Result<()> {
    sqlx::query("INSERT INTO throttle (subject, at) VALUES ($1, $2)")
        .bind(key)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// How many attempts there were at or after `since`.
///
/// # Errors
/// Those of reading.
pub async fn count_since(conn: &mut Conn, key: &str, since: Timestamp) -> Result<u64> {
    let row = sqlx::query("SELECT COUNT(*) AS total FROM throttle WHERE subject = $1 AND at >= $2")
        .bind(key)
        .bind(since.0)
        .fetch_one(&mut *conn)
        .await?;
    Fields::new(&row).count("total")
}

/// Forgets a key's attempts, as after one that succeeded.
///
/// # Errors
/// Those of writing.
pub async fn clear(conn: &mut Conn, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM throttle WHERE subject = $1").bind(key).execute(&mut *conn).await?;
    Ok(())
}

/// Forgets everything before a point in time. Returns how many attempts that were.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    let result = sqlx::query("DELETE FROM throttle WHERE at < $1").bind(before.0).execute(&mut *conn).await?;
    Ok(result.rows_affected())
}

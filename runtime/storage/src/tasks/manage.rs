//! What people do with tasks.

use caisson_types::{ModuleKey, TaskId, Timestamp};

use super::list::by_id;
use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::sql::Filter;

/// Cancels a task that waits. `false` means that it runs or has ended: a running call cannot be called back.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn cancel(conn: &mut Conn, id: TaskId) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE tasks SET status = 'cancelled', finished_at = $1 WHERE id = $2 AND status = 'pending'",
    )
    .bind(Timestamp::now().0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    changed_or_missing(conn, id, result.rows_affected()).await
}

/// Lets a failed or cancelled task run again at once, as if for the first time; what it last said stays until it says
/// something new. `false` means that it has not ended, or is done.
///
/// # Errors
/// [`StorageError::Missing`]; [`StorageError::Unique`] when another task has its unique key by now.
pub async fn retry(conn: &mut Conn, id: TaskId) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE tasks SET status = 'pending', attempts = 0, lost = 0, exceptions = 0, run_at = $1, \
         finished_at = NULL, progress = NULL, progress_message = NULL \
         WHERE id = $2 AND status IN ('failed', 'cancelled')",
    )
    .bind(Timestamp::now().0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the task's unique key"))?;
    changed_or_missing(conn, id, result.rows_affected()).await
}

async fn changed_or_missing(conn: &mut Conn, id: TaskId, changed: u64) -> Result<bool> {
    if changed == 0 {
        by_id(conn, id).await?;
    }
    Ok(changed > 0)
}

/// Deletes failed tasks, of one module or of all. Returns how many.
///
/// # Errors
/// Those of writing.
pub async fn flush_failed(conn: &mut Conn, module: Option<&ModuleKey>) -> Result<u64> {
    let sql = Filter::new()
        .and("status = ?", Some("failed"))
        .and("module = ?", module.map(ToString::to_string))
        .select("DELETE FROM tasks");
    Ok(sql.query().execute(&mut *conn).await?.rows_affected())
}

/// Deletes tasks that were done or cancelled before a point in time; failed ones stay until they are flushed. Returns how
/// many.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    const OLD: &str = "DELETE FROM tasks WHERE id IN (SELECT id FROM tasks \
                       WHERE status IN ('done', 'cancelled') AND finished_at < $1 LIMIT $2)";
    crate::retention::older(conn, OLD, before).await
}

//! What the worker that holds a task may do with it, and what happens when that worker is gone.

use std::time::Duration;

use caisson_types::{TaskId, TaskStatus, Timestamp};
use serde_json::Value;

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, one_changed};

/// After this many lost workers a task counts as what kills them.
pub const MAX_LOST: u32 = 5;

const LOST: &str = "The worker that ran this task disappeared; the task runs again.";
const GIVEN_UP: &str = "Five workers disappeared while they ran this task, so it is not tried again: look into the \
                        workers' logs for what ends them, then retry it.";

/// How a try failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The module said so. A final problem is not tried again.
    Problem { is_final: bool },
    /// The call trapped, ran out of its budget or out of time.
    Exception,
}

/// Keeps the task for longer. `false` means that it is another's by now, or ended: stop working on it.
///
/// # Errors
/// Those of writing.
pub async fn extend_lease(conn: &mut Conn, id: TaskId, worker: &str, until: Timestamp) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE tasks SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 AND status = 'running'",
    )
    .bind(until.0)
    .bind(id.to_string())
    .bind(worker)
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Notes how far a running task is.
///
/// # Errors
/// [`crate::StorageError::Missing`] when it does not run.
pub async fn set_progress(conn: &mut Conn, id: TaskId, percent: u32, message: &str) -> Result<()> {
    let result = sqlx::query(
        "UPDATE tasks SET progress = $1, progress_message = $2 WHERE id = $3 AND status = 'running'",
    )
    .bind(i64::from(percent.min(100)))
    .bind(message)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// The task is done. `false` means that it is not this worker's any more, and nothing was written.
///
/// # Errors
/// Those of writing.
pub async fn complete(conn: &mut Conn, id: TaskId, worker: &str, result: &Value) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE tasks SET status = 'done', result = $1, finished_at = $2, last_error = NULL, lease_owner = NULL, \
         lease_until = NULL WHERE id = $3 AND lease_owner = $4 AND status = 'running'",
    )
    .bind(result.to_string())
    .bind(Timestamp::now().0)
    .bind(id.to_string())
    .bind(worker)
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// The try failed: the task waits for its next one, or has failed for good. Returns which; `None` means that it is not
/// this worker's any more, and nothing was written.
///
/// # Errors
/// Those of writing.
pub async fn fail(
    conn: &mut Conn,
    id: TaskId,
    worker: &str,
    error: &str,
    failure: Failure,
    now: Timestamp,
) -> Result<Option<TaskStatus>> {
    let row = sqlx::query(
        "SELECT attempts, lost, tries, exceptions, max_exceptions, backoff_s FROM tasks \
         WHERE id = $1 AND lease_owner = $2 AND status = 'running'",
    )
    .bind(id.to_string())
    .bind(worker)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let row = Fields::new(&row);
    let tried = row.count::<u32>("attempts")?.saturating_sub(row.count("lost")?);
    let exceptions = row.count::<u32>("exceptions")? + u32::from(failure == Failure::Exception);

    let again = match failure {
        Failure::Problem { is_final } => !is_final,
        Failure::Exception => exceptions < row.count("max_exceptions")?,
    } && tried < row.count("tries")?;
    let (status, run_at, finished_at) = if again {
        let wait = backoff(row.count("backoff_s")?, tried, rand::random_range(0.8..=1.2));
        (TaskStatus::Pending, Some(now.after(wait)), None)
    } else {
        (TaskStatus::Failed, None, Some(now))
    };
    let result = sqlx::query(
        "UPDATE tasks SET status = $1, exceptions = $2, last_error = $3, run_at = COALESCE($4, run_at), \
         finished_at = $5, lease_owner = NULL, lease_until = NULL \
         WHERE id = $6 AND lease_owner = $7 AND status = 'running'",
    )
    .bind(status.as_str())
    .bind(i64::from(exceptions))
    .bind(error)
    .bind(run_at.map(|at| at.0))
    .bind(finished_at.map(|at| at.0))
    .bind(id.to_string())
    .bind(worker)
    .execute(&mut *conn)
    .await?;
    Ok((result.rows_affected() > 0).then_some(status))
}

/// The longest wait between two tries, before jitter.
const MAX_BACKOFF_S: f64 = 3_600.0;

/// The wait after try number `tried`: twice that of the one before. Jitter keeps tasks that failed together from coming
/// back together.
fn backoff(base_s: u32, tried: u32, jitter: f64) -> Duration {
    let doubled = f64::from(base_s) * 2_f64.powi(tried.saturating_sub(1).min(32).cast_signed());
    Duration::from_secs_f64(doubled.min(MAX_BACKOFF_S) * jitter)
}

/// Gives a task back that was not begun; the try does not count. `false` means that it is not this worker's any more.
///
/// # Errors
/// Those of writing.
pub async fn release(conn: &mut Conn, id: TaskId, worker: &str) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE tasks SET status = 'pending', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL \
         WHERE id = $1 AND lease_owner = $2 AND status = 'running'",
    )
    .bind(id.to_string())
    .bind(worker)
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Takes the tasks of workers that did not renew their lease: they run again, without counting it as a try, until they
/// have lost [`MAX_LOST`] workers. Returns how many tasks that concerned.
///
/// # Errors
/// Those of writing.
pub async fn reap(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    let result = sqlx::query(
        "UPDATE tasks SET lost = lost + 1, lease_owner = NULL, lease_until = NULL, \
         status = CASE WHEN lost + 1 >= $1 THEN 'failed' ELSE 'pending' END, \
         last_error = CASE WHEN lost + 1 >= $1 THEN $2 ELSE $3 END, \
         finished_at = CASE WHEN lost + 1 >= $1 THEN $4 ELSE finished_at END \
         WHERE status = 'running' AND lease_until < $4",
    )
    .bind(i64::from(MAX_LOST))
    .bind(GIVEN_UP)
    .bind(LOST)
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let seconds = |tried| backoff(10, tried, 1.0).as_secs();
        assert_eq!([1, 2, 3, 9].map(seconds), [10, 20, 40, 2_560]);
        assert_eq!([10, 1_000, u32::MAX].map(seconds), [3_600; 3]);
        assert_eq!(backoff(10, 1, 0.8), Duration::from_secs(8));
        assert_eq!(backoff(u32::MAX, 0, 1.2), Duration::from_secs(4_320));
    }
}

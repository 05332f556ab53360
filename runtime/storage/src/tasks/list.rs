//! Looking at tasks.

use caisson_types::{ModuleKey, ServiceId, TaskId, TaskStatus, Timestamp, VersionId};
use serde::Serialize;

use super::{Task, read};
use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::{Fields, as_i64, read_all};
use crate::sql::{Filter, like_escape};

/// Which tasks to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    pub status: Option<TaskStatus>,
    pub module: Option<ModuleKey>,
    pub service: Option<ServiceId>,
    pub tag: Option<String>,
    pub queue: Option<String>,
}

/// The queue in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// By queue and status; combinations without tasks are left out.
    pub counts: Vec<QueueCount>,
    /// Since when the task that waits longest could have run.
    pub oldest_due: Option<Timestamp>,
    /// The same as an age in milliseconds, 0 when nothing is due.
    pub oldest_age_ms: u64,
}

/// How many tasks of a queue are in a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueCount {
    pub queue: String,
    pub status: TaskStatus,
    pub count: u64,
}

/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: TaskId) -> Result<Task> {
    let row =
        sqlx::query("SELECT * FROM tasks WHERE id = $1").bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// Newest first; searches method, tags and error.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, filter: &TaskFilter, query: &PageQuery) -> Result<Page<Task>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM tasks", "SELECT * FROM tasks", " ORDER BY id DESC");
    // Tags are stored as a JSON array; a tag is found by its quoted spelling.
    let tag = filter.tag.as_deref().map(|tag| {
        let quoted = serde_json::Value::from(tag).to_string();
        format!("%{}%", like_escape(&quoted))
    });
    Filter::new()
        .and("status = ?", filter.status.map(TaskStatus::as_str))
        .and("module = ?", filter.module.as_ref().map(ToString::to_string))
        .and("service_id = ?", filter.service.map(|id| id.to_string()))
        .and("tags LIKE ? ESCAPE '!'", tag)
        .and("queue = ?", filter.queue.clone())
        .search(
            "(LOWER(method) LIKE ? ESCAPE '!' OR LOWER(tags) LIKE ? ESCAPE '!' OR LOWER(last_error) LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, SQL, query, read)
        .await
}

/// A service's newest `limit` tasks, newest first.
///
/// # Errors
/// Those of reading.
pub async fn of_service(conn: &mut Conn, service: ServiceId, limit: u64) -> Result<Vec<Task>> {
    let rows = sqlx::query("SELECT * FROM tasks WHERE service_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(service.to_string())
        .bind(as_i64(limit))
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// How many tasks of a service wait or run.
///
/// # Errors
/// Those of reading.
pub async fn unfinished_of_service(conn: &mut Conn, service: ServiceId) -> Result<u64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS total FROM tasks WHERE service_id = $1 AND status IN ('pending', 'running')",
    )
    .bind(service.to_string())
    .fetch_one(&mut *conn)
    .await?;
    Fields::new(&row).count("total")
}

/// How many tasks still run on a version, or will.
///
/// # Errors
/// Those of reading.
pub async fn unfinished_of_version(conn: &mut Conn, version: VersionId) -> Result<u64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS total FROM tasks WHERE version_id = $1 AND status IN ('pending', 'running')",
    )
    .bind(version.to_string())
    .fetch_one(&mut *conn)
    .await?;
    Fields::new(&row).count("total")
}

/// The queue in numbers, as of now.
///
/// # Errors
/// Those of reading.
pub async fn stats(conn: &mut Conn) -> Result<Stats> {
    let rows = sqlx::query(
        "SELECT queue, status, COUNT(*) AS total FROM tasks GROUP BY queue, status ORDER BY queue, status",
    )
    .fetch_all(&mut *conn)
    .await?;
    let counts = read_all(&rows, |row| {
        Ok(QueueCount { queue: row.get("queue")?, status: row.parse("status")?, count: row.count("total")? })
    })?;

    let now = Timestamp::now();
    let row =
        sqlx::query("SELECT MIN(run_at) AS oldest FROM tasks WHERE status = 'pending' AND run_at <= $1")
            .bind(now.0)
            .fetch_one(&mut *conn)
            .await?;
    let oldest_due = Fields::new(&row).time_opt("oldest")?;
    let oldest_age_ms = oldest_due.map_or(0, |oldest| now.0.saturating_sub(oldest.0).unsigned_abs());
    Ok(Stats { counts, oldest_due, oldest_age_ms })
}

/// How many tasks are in a state.
///
/// # Errors
/// Those of reading.
pub async fn count(conn: &mut Conn, status: TaskStatus) -> Result<u64> {
    let row = sqlx::query("SELECT COUNT(*) AS total FROM tasks WHERE status = $1")
        .bind(status.as_str())
        .fetch_one(&mut *conn)
        .await?;
    Fields::new(&row).count("total")
}

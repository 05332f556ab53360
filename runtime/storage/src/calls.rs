//! Traces of calls into modules, for the inspector.

use caisson_types::{CallId, ModuleKey, ServiceId, TaskId, Timestamp, VersionId};
use serde_json::Value;

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::{Fields, as_i64};
use crate::sql::Filter;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub id: CallId,
    pub module: ModuleKey,
    pub version: VersionId,
    /// The function that was entered, such as `product.create`.
    pub export: String,
    pub at: Timestamp,
    /// A word for how it ended, such as `ok`, `problem` or `trap`.
    pub outcome: String,
    /// What went wrong.
    pub message: Option<String>,
    pub wall_us: u64,
    pub cpu_us: u64,
    /// The most that its memories held together.
    pub memory_bytes: u64,
    /// The host functions it called, with their durations.
    pub host_calls: Value,
    pub task_id: Option<TaskId>,
    pub service_id: Option<ServiceId>,
}

/// Which calls to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    pub module: Option<ModuleKey>,
    pub version: Option<VersionId>,
    pub export: Option<String>,
    pub outcome: Option<String>,
    pub service: Option<ServiceId>,
    pub task: Option<TaskId>,
}

fn read(row: Fields<'_>) -> Result<Call> {
    Ok(Call {
        id: row.parse("id")?,
        module: row.parse("module")?,
        version: row.parse("version_id")?,
        export: row.get("export")?,
        at: row.time("at")?,
        outcome: row.get("outcome")?,
        message: row.get("message")?,
        wall_us: row.count("wall_us")?,
        cpu_us: row.count("cpu_us")?,
        memory_bytes: row.count("memory_bytes")?,
        host_calls: row.json("host_calls")?,
        task_id: row.parse_opt("task_id")?,
        service_id: row.parse_opt("service_id")?,
    })
}

/// Adds a trace.
///
/// # Errors
/// Those of writing.
pub async fn append(conn: &mut Conn, call: &Call) -> Result<()> {
    sqlx::query(
        "INSERT INTO calls (id, module, version_id, export, at, outcome, message, wall_us, cpu_us, memory_bytes, \
         host_calls, task_id, service_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(call.id.to_string())
    .bind(call.module.to_string())
    .bind(call.version.to_string())
    .bind(call.export.as_str())
    .bind(call.at.0)
    .bind(call.outcome.as_str())
    .bind(call.message.clone())
    .bind(as_i64(call.wall_us))
    .bind(as_i64(call.cpu_us))
    .bind(as_i64(call.memory_bytes))
    .bind(call.host_calls.to_string())
    .bind(call.task_id.map(|id| id.to_string()))
    .bind(call.service_id.map(|id| id.to_string()))
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: CallId) -> Result<Call> {
    let row =
        sqlx::query("SELECT * FROM calls WHERE id = $1").bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// Newest first; searches the message.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, filter: &CallFilter, query: &PageQuery) -> Result<Page<Call>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM calls", "SELECT * FROM calls", " ORDER BY id DESC");
    Filter::new()
        .and("module = ?", filter.module.as_ref().map(ToString::to_string))
        .and("version_id = ?", filter.version.map(|id| id.to_string()))
        .and("export = ?", filter.export.clone())
        .and("outcome = ?", filter.outcome.clone())
        .and("service_id = ?", filter.service.map(|id| id.to_string()))
        .and("task_id = ?", filter.task.map(|id| id.to_string()))
        .search("LOWER(message) LIKE ? ESCAPE '!'", query.search.as_deref())
        .page(conn, SQL, query, read)
        .await
}

/// Deletes what is older than `before`, but keeps the newest `keep_newest` of all whatever their age. Returns how many
/// traces went.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp, keep_newest: u64) -> Result<u64> {
    let result = sqlx::query(
        "DELETE FROM calls WHERE at < $1 AND id NOT IN (SELECT id FROM calls ORDER BY id DESC LIMIT $2)",
    )
    .bind(before.0)
    .bind(as_i64(keep_newest))
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected())
}

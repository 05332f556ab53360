//! Traces of calls into modules, for the inspector.

use caisson_types::{CallId, ModuleKey, ServiceId, TaskId, Timestamp, VersionId};
use serde_json::Value;
use uuid::Uuid;

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
    /// How many host calls there were, kept or not.
    pub host_call_count: u64,
    /// How many of them `host_calls` has no entry of.
    pub omitted: u64,
    /// How many were denied.
    pub denied: u64,
    /// What left over the network, and what came.
    pub bytes_out: u64,
    pub bytes_in: u64,
    /// Ids of the grants it used.
    pub grants: Vec<String>,
    /// The HTTP request to the panel that it served.
    pub request_id: Option<Uuid>,
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
    pub request: Option<Uuid>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Took this long or longer.
    pub slower_than_us: Option<u64>,
    /// Only those that were denied a host call.
    pub denied: bool,
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
        host_call_count: row.count("host_call_count")?,
        omitted: row.count("omitted")?,
        denied: row.count("denied")?,
        bytes_out: row.count("bytes_out")?,
        bytes_in: row.count("bytes_in")?,
        grants: row.json("grants")?,
        request_id: row.parse_opt("request_id")?,
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
         host_calls, task_id, service_id, host_call_count, omitted, denied, bytes_out, bytes_in, grants, request_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
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
    .bind(as_i64(call.host_call_count))
    .bind(as_i64(call.omitted))
    .bind(as_i64(call.denied))
    .bind(as_i64(call.bytes_out))
    .bind(as_i64(call.bytes_in))
    .bind(serde_json::json!(call.grants).to_string())
    .bind(call.request_id.map(|id| id.to_string()))
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

/// Newest first; searches the function and the message.
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
        .and("request_id = ?", filter.request.map(|id| id.to_string()))
        .and("at >= ?", filter.since.map(|at| at.0))
        .and("at < ?", filter.until.map(|at| at.0))
        .and("wall_us >= ?", filter.slower_than_us.map(as_i64))
        .and("denied >= ?", filter.denied.then_some(1))
        .search(
            "(LOWER(message) LIKE ? ESCAPE '!' OR LOWER(export) LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, SQL, query, read)
        .await
}

/// Deletes what is older than `before`, and of each module all but its newest `keep`. Returns how many traces went.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp, keep: u64) -> Result<u64> {
    const OLD: &str = "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE at < $1 LIMIT $2)";
    const MODULES: &str = "SELECT module, COUNT(*) AS total FROM calls GROUP BY module";
    const SURPLUS: &str =
        "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE module = $1 ORDER BY id LIMIT $2)";
    crate::retention::purge(conn, (OLD, MODULES, SURPLUS), before, keep).await
}

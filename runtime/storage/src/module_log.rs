//! What modules logged, for the panel's page.

use caisson_types::{CallId, ModuleKey, ServiceId, TaskId, Timestamp};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::Fields;
use crate::sql::{Filter, Sql, Value};

/// One entry. Secrets are taken out before it gets here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Version 7, so that entries sort by when they were made.
    pub id: Uuid,
    pub module: ModuleKey,
    pub at: Timestamp,
    /// `debug`, `info` or `error`.
    pub level: String,
    pub action: String,
    pub request: String,
    pub response: String,
    pub call_id: Option<CallId>,
    pub task_id: Option<TaskId>,
    pub service_id: Option<ServiceId>,
}

/// Which entries to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    pub module: Option<ModuleKey>,
    pub level: Option<String>,
    pub service: Option<ServiceId>,
    pub task: Option<TaskId>,
    pub call: Option<CallId>,
    /// Text that occurs in the action.
    pub action: Option<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

fn read(row: Fields<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.parse("id")?,
        module: row.parse("module")?,
        at: row.time("at")?,
        level: row.get("level")?,
        action: row.get("action")?,
        request: row.get("request")?,
        response: row.get("response")?,
        call_id: row.parse_opt("call_id")?,
        task_id: row.parse_opt("task_id")?,
        service_id: row.parse_opt("service_id")?,
    })
}

/// Rows of one statement: well below both databases' limits of bound values.
const BATCH: usize = 100;

/// Adds entries, many at a time.
///
/// # Errors
/// Those of writing.
pub async fn append_many(conn: &mut Conn, entries: &[Entry]) -> Result<()> {
    for batch in entries.chunks(BATCH) {
        let mut sql = Sql::new(
            "INSERT INTO module_log (id, module, at, level, action, request, response, call_id, task_id, service_id) \
             VALUES ",
        );
        for (index, entry) in batch.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).push_tuple([
                Value::from(entry.id.to_string()),
                entry.module.to_string().into(),
                entry.at.0.into(),
                entry.level.as_str().into(),
                entry.action.as_str().into(),
                entry.request.as_str().into(),
                entry.response.as_str().into(),
                entry.call_id.map(|id| id.to_string()).into(),
                entry.task_id.map(|id| id.to_string()).into(),
                entry.service_id.map(|id| id.to_string()).into(),
            ]);
        }
        sql.query().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Newest first; searches action, request and response.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, filter: &LogFilter, query: &PageQuery) -> Result<Page<Entry>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM module_log", "SELECT * FROM module_log", " ORDER BY id DESC");
    Filter::new()
        .and("module = ?", filter.module.as_ref().map(ToString::to_string))
        .and("level = ?", filter.level.clone())
        .and("service_id = ?", filter.service.map(|id| id.to_string()))
        .and("task_id = ?", filter.task.map(|id| id.to_string()))
        .and("call_id = ?", filter.call.map(|id| id.to_string()))
        .and("at >= ?", filter.since.map(|at| at.0))
        .and("at < ?", filter.until.map(|at| at.0))
        .search("LOWER(action) LIKE ? ESCAPE '!'", filter.action.as_deref())
        .search(
            "(LOWER(action) LIKE ? ESCAPE '!' OR LOWER(request) LIKE ? ESCAPE '!' OR LOWER(response) LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, SQL, query, read)
        .await
}

/// Deletes what is older than `before`, and of each module all but its newest `keep`. Returns how many entries went.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp, keep: u64) -> Result<u64> {
    const OLD: &str = "DELETE FROM module_log WHERE id IN (SELECT id FROM module_log WHERE at < $1 LIMIT $2)";
    const MODULES: &str = "SELECT module, COUNT(*) AS total FROM module_log GROUP BY module";
    const SURPLUS: &str = "DELETE FROM module_log WHERE id IN (SELECT id FROM module_log WHERE module = $1 ORDER BY id LIMIT $2)";
    crate::retention::purge(conn, (OLD, MODULES, SURPLUS), before, keep).await
}

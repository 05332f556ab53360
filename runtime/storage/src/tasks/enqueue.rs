//! Adding a task.

use caisson_types::{ModuleKey, ServiceId, TaskId, TaskStatus, Timestamp, VersionId};
use serde_json::Value;

use super::DEFAULT_QUEUE;
use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::Fields;

/// A task to enqueue.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTask {
    pub queue: String,
    pub module: ModuleKey,
    pub version_id: VersionId,
    pub method: String,
    pub payload: Value,
    pub service_id: Option<ServiceId>,
    pub tags: Vec<String>,
    pub actor: Option<String>,
    pub tries: u32,
    pub max_exceptions: u32,
    pub backoff_s: u32,
    pub timeout_s: u32,
    pub run_at: Timestamp,
    pub unique_key: Option<String>,
}

impl NewTask {
    /// A task for now with the defaults: one try, 10 s of backoff, 600 s of time, two exceptions.
    pub fn new(module: ModuleKey, version: VersionId, method: impl Into<String>) -> Self {
        Self {
            queue: DEFAULT_QUEUE.to_owned(),
            module,
            version_id: version,
            method: method.into(),
            payload: Value::Null,
            service_id: None,
            tags: Vec::new(),
            actor: None,
            tries: 1,
            max_exceptions: 2,
            backoff_s: 10,
            timeout_s: 600,
            run_at: Timestamp::now(),
            unique_key: None,
        }
    }
}

/// How often an enqueue with a unique key looks again when the task that had the key ends at the same moment.
const ROUNDS: usize = 5;

/// Adds a task in the caller's transaction: it exists when that commits. When an unfinished task of the module has the
/// same unique key, nothing is added and that task's id returned.
///
/// # Errors
/// Those of writing.
pub async fn enqueue(conn: &mut Conn, task: &NewTask) -> Result<TaskId> {
    for _ in 0..ROUNDS {
        if let Some(id) = insert(conn, task).await? {
            return Ok(id);
        }
        if let Some(id) = unfinished(conn, &task.module, task.unique_key.as_deref()).await? {
            return Ok(id);
        }
    }
    Err(StorageError::Unique("the task's unique key".to_owned()))
}

async fn insert(conn: &mut Conn, task: &NewTask) -> Result<Option<TaskId>> {
    let tags = Value::from(task.tags.clone());
    let row = sqlx::query(
        "INSERT INTO tasks (id, queue, module, version_id, method, payload, service_id, tags, actor, status, tries, \
         attempts, lost, exceptions, max_exceptions, backoff_s, timeout_s, run_at, unique_key, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (module, unique_key) WHERE unique_key IS NOT NULL AND status IN ('pending', 'running') \
         DO NOTHING RETURNING id",
    )
    .bind(TaskId::new().to_string())
    .bind(task.queue.as_str())
    .bind(task.module.to_string())
    .bind(task.version_id.to_string())
    .bind(task.method.as_str())
    .bind(task.payload.to_string())
    .bind(task.service_id.map(|id| id.to_string()))
    .bind(tags.to_string())
    .bind(task.actor.clone())
    .bind(TaskStatus::Pending.as_str())
    .bind(i64::from(task.tries))
    .bind(i64::from(task.max_exceptions))
    .bind(i64::from(task.backoff_s))
    .bind(i64::from(task.timeout_s))
    .bind(task.run_at.0)
    .bind(task.unique_key.clone())
    .bind(Timestamp::now().0)
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| Fields::new(&row).parse("id")).transpose()
}

async fn unfinished(conn: &mut Conn, module: &ModuleKey, key: Option<&str>) -> Result<Option<TaskId>> {
    let row = sqlx::query(
        "SELECT id FROM tasks WHERE module = $1 AND unique_key = $2 AND unique_key IS NOT NULL \
         AND status IN ('pending', 'running')",
    )
    .bind(module.to_string())
    .bind(key.map(str::to_owned))
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| Fields::new(&row).parse("id")).transpose()
}

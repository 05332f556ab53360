//! The queue's truth: a table of queued calls.
//!
//! A task is enqueued in the transaction of what it follows from, claimed by a worker for the time of a lease, and ended
//! by that worker alone: every later write is guarded by the lease's owner, so a worker that was thought dead and comes
//! back changes nothing. Workers are driven by `apalis` through [`backend`]; why the table is ours is told in
//! `runtime/docs/decisions/0002-task-store.md`.

pub mod backend;
pub mod claim;
mod enqueue;
mod lease;
mod list;
mod manage;
mod signal;

use caisson_types::{ModuleKey, ServiceId, TaskId, TaskStatus, Timestamp, VersionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::claim::claim;
pub use self::enqueue::{NewTask, enqueue};
pub use self::lease::{Failure, MAX_LOST, complete, extend_lease, fail, reap, release, set_progress};
pub use self::list::{
    QueueCount, Stats, TaskFilter, by_id, count, of_service, page, stats, unfinished_of_service,
    unfinished_of_version,
};
pub use self::manage::{cancel, flush_failed, purge, retry};
pub use self::signal::TaskSignal;
use crate::error::Result;
use crate::row::Fields;

/// The queue of tasks that name none.
pub const DEFAULT_QUEUE: &str = "default";

/// A queued call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub queue: String,
    pub module: ModuleKey,
    /// The version that enqueued it, and that it runs on whatever serves by then.
    pub version_id: VersionId,
    pub method: String,
    pub payload: Value,
    /// Two tasks of one service never run together.
    pub service_id: Option<ServiceId>,
    pub tags: Vec<String>,
    /// Who asked for it.
    pub actor: Option<String>,
    pub status: TaskStatus,
    /// How often it may be tried.
    pub tries: u32,
    /// How often it was claimed.
    pub attempts: u32,
    /// How many of those ended with the worker gone; they do not count as tries.
    pub lost: u32,
    /// How many of those ended with a trap or a time-out.
    pub exceptions: u32,
    pub max_exceptions: u32,
    /// The wait before the second try; it doubles with each.
    pub backoff_s: u32,
    pub timeout_s: u32,
    /// Not before this time.
    pub run_at: Timestamp,
    /// While a task with this key waits or runs, no second one of the module is enqueued.
    pub unique_key: Option<String>,
    /// The worker that runs it.
    pub lease_owner: Option<String>,
    /// When that worker counts as gone.
    pub lease_until: Option<Timestamp>,
    /// In percent.
    pub progress: Option<u32>,
    pub progress_message: Option<String>,
    pub last_error: Option<String>,
    pub result: Option<Value>,
    pub created_at: Timestamp,
    /// When it was last claimed.
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

fn read(row: Fields<'_>) -> Result<Task> {
    Ok(Task {
        id: row.parse("id")?,
        queue: row.get("queue")?,
        module: row.parse("module")?,
        version_id: row.parse("version_id")?,
        method: row.get("method")?,
        payload: row.json("payload")?,
        service_id: row.parse_opt("service_id")?,
        tags: row.json("tags")?,
        actor: row.get("actor")?,
        status: row.parse("status")?,
        tries: row.count("tries")?,
        attempts: row.count("attempts")?,
        lost: row.count("lost")?,
        exceptions: row.count("exceptions")?,
        max_exceptions: row.count("max_exceptions")?,
        backoff_s: row.count("backoff_s")?,
        timeout_s: row.count("timeout_s")?,
        run_at: row.time("run_at")?,
        unique_key: row.get("unique_key")?,
        lease_owner: row.get("lease_owner")?,
        lease_until: row.time_opt("lease_until")?,
        progress: row.count_opt("progress")?,
        progress_message: row.get("progress_message")?,
        last_error: row.get("last_error")?,
        result: row.json_opt("result")?,
        created_at: row.time("created_at")?,
        started_at: row.time_opt("started_at")?,
        finished_at: row.time_opt("finished_at")?,
    })
}

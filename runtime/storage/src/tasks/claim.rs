//! Taking tasks to run.
//!
//! What is promised: no task is handed out twice; two tasks of one service never run together, and they start in the
//! order in which they were enqueued; modules share the workers fairly however many tasks each has waiting.

use std::time::Duration;

use caisson_types::Timestamp;

use super::{Task, read};
use crate::db::{Conn, Dialect};
use crate::error::{Result, StorageError};
use crate::row::{as_i64, read_all};
use crate::sql::{Sql, Value};

/// Who claims, from where, for how long.
#[derive(Clone, Copy)]
struct Claim<'a> {
    worker: &'a str,
    queues: &'a [String],
    lease: Duration,
    now: Timestamp,
}

/// A module with tasks that are due.
struct Waiting {
    module: String,
    running: usize,
}

/// Claims up to `limit` tasks that are due, for `worker`, until `now + lease`. No queues named means all.
///
/// Each module's share is a statement of its own. Give it a connection, not a transaction: two workers that choose tasks
/// of one service at the same moment are told apart by a unique index, which on PostgreSQL ends a transaction.
///
/// # Errors
/// Those of writing.
pub async fn claim(
    conn: &mut Conn,
    worker: &str,
    queues: &[String],
    limit: usize,
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Task>> {
    let claim = Claim { worker, queues, lease, now };
    let mut claimed = Vec::new();
    let mut waiting = if limit == 0 { Vec::new() } else { waiting(conn, claim).await? };
    while claimed.len() < limit && !waiting.is_empty() {
        let shares = shares(&waiting, limit - claimed.len());
        let mut more = Vec::new();
        for (mut waiting, share) in waiting.into_iter().zip(shares) {
            if share > 0 {
                let got = of_module(conn, claim, &waiting.module, share).await?;
                waiting.running += got.len();
                let exhausted = got.len() < share;
                claimed.extend(got);
                if exhausted {
                    continue;
                }
            }
            more.push(waiting);
        }
        waiting = more;
    }
    Ok(claimed)
}

/// The modules that have tasks due and are not quarantined, the one to serve first in front: fewest running, then longest without a start.
async fn waiting(conn: &mut Conn, claim: Claim<'_>) -> Result<Vec<Waiting>> {
    // The recursion hops over the index from module to module, so that a million tasks of one cost no more than one.
    let mut sql = Sql::new(
        "WITH RECURSIVE m (module) AS (\
         SELECT MIN(module) FROM tasks WHERE status = 'pending' \
         UNION ALL \
         SELECT (SELECT MIN(t.module) FROM tasks t WHERE t.status = 'pending' AND t.module > m.module) \
         FROM m WHERE m.module IS NOT NULL) \
         SELECT m.module AS module, \
         (SELECT COUNT(*) FROM tasks r WHERE r.status = 'running' AND r.module = m.module) AS running, \
         COALESCE((SELECT MAX(s.started_at) FROM tasks s WHERE s.module = m.module), 0) AS started \
         FROM m WHERE m.module IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM modules q WHERE q.key = m.module AND q.quarantined IS NOT NULL) AND EXISTS (\
         SELECT 1 FROM tasks t WHERE t.status = 'pending' AND t.module = m.module",
    );
    sql.push_with(" AND t.run_at <= ?", claim.now.0);
    in_queues(&mut sql, claim.queues);
    sql.push(") ORDER BY running, started, module");
    let rows = sql.query().fetch_all(&mut *conn).await?;
    read_all(&rows, |row| Ok(Waiting { module: row.get("module")?, running: row.count("running")? }))
}

fn in_queues(sql: &mut Sql, queues: &[String]) {
    if !queues.is_empty() {
        sql.push(" AND t.queue IN ").push_tuple(queues.iter().map(|queue| Value::from(queue.as_str())));
    }
}

/// How many of `limit` tasks each module may start: one after the other goes to whoever runs fewest.
fn shares(waiting: &[Waiting], limit: usize) -> Vec<usize> {
    let mut shares = vec![0; waiting.len()];
    for _ in 0..limit {
        let fewest = (0..waiting.len()).min_by_key(|&index| waiting[index].running + shares[index]);
        if let Some(index) = fewest {
            shares[index] += 1;
        }
    }
    shares
}

/// Claims up to `limit` tasks of one module.
async fn of_module(conn: &mut Conn, claim: Claim<'_>, module: &str, limit: usize) -> Result<Vec<Task>> {
    // Materialised, because a planner may run a subquery of an UPDATE more than once, and a second run would choose more.
    let mut sql =
        Sql::new("WITH chosen AS MATERIALIZED (SELECT t.id FROM tasks t WHERE t.status = 'pending'");
    sql.push_with(" AND t.module = ?", module).push_with(" AND t.run_at <= ?", claim.now.0);
    in_queues(&mut sql, claim.queues);
    // Of a service only the task that was enqueued first, among those that are due; one that waits for its next try keeps
    // its place before later ones.
    sql.push(
        " AND (t.service_id IS NULL OR NOT EXISTS (SELECT 1 FROM tasks o WHERE o.service_id = t.service_id \
         AND o.id <> t.id AND (o.status = 'running' OR (o.status = 'pending' AND o.id < t.id",
    )
    .push_with(" AND (o.attempts > 0 OR o.run_at <= ?)))))", claim.now.0)
    .push_with(" ORDER BY t.run_at, t.id LIMIT ?", as_i64(limit))
    .push(skip_locked(conn.dialect()))
    .push(") UPDATE tasks SET status = 'running', attempts = attempts + 1, progress = NULL, progress_message = NULL")
    .push_with(", lease_owner = ?", claim.worker)
    .push_with(", lease_until = ?", claim.now.after(claim.lease).0)
    .push_with(", started_at = ?", claim.now.0)
    .push(" WHERE id IN (SELECT id FROM chosen) RETURNING *");

    match sql.query().fetch_all(&mut *conn).await.map_err(StorageError::from) {
        Ok(rows) => {
            let mut tasks = read_all(&rows, read)?;
            tasks.sort_by_key(|task| (task.run_at, task.id));
            Ok(tasks)
        }
        // Another worker started a task of the same service between this statement's look and its write.
        Err(StorageError::Unique(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// On PostgreSQL workers choose side by side and pass over what another is choosing. On SQLite there is one writer.
fn skip_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE OF t SKIP LOCKED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_go_to_whoever_runs_fewest() {
        let waiting = |running: &[usize]| -> Vec<Waiting> {
            running.iter().map(|&running| Waiting { module: String::new(), running }).collect()
        };
        assert_eq!(shares(&waiting(&[0, 0]), 5), [3, 2]);
        assert_eq!(shares(&waiting(&[3, 0, 1]), 4), [0, 3, 1]);
        assert_eq!(shares(&waiting(&[7]), 2), [2]);
        assert_eq!(shares(&waiting(&[]), 2), [0; 0]);
    }
}

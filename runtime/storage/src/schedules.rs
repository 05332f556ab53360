//! Tasks that come again.
//!
//! Whoever finds a schedule due moves it on and adds its task in one transaction; the move is guarded by the moment it was due
//! at, so that of any number of processes one does it. What was missed while nobody looked comes once.

use caisson_types::{Cron, ModuleKey, Timestamp, VersionId};
use serde_json::Value;

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, read_all};
use crate::tasks::{self, NewTask};

/// Most schedules of one module.
pub const MOST: usize = 50;
/// Schedules moved on in one go.
const BATCH: i64 = 100;

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub module: ModuleKey,
    pub name: String,
    pub cron: Cron,
    pub method: String,
    pub payload: Value,
    /// Whether the manifest declares it; the module itself made the others.
    pub declared: bool,
    pub next_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
}

fn read(row: Fields<'_>) -> Result<Schedule> {
    Ok(Schedule {
        module: row.parse("module")?,
        name: row.get("name")?,
        cron: row.parse("cron")?,
        method: row.get("method")?,
        payload: row.json("payload")?,
        declared: row.get::<i64>("declared")? != 0,
        next_at: row.get::<Option<i64>>("next_at")?.map(Timestamp),
        last_at: row.get::<Option<i64>>("last_at")?.map(Timestamp),
    })
}

/// Makes a schedule, or replaces the one of the same name. One whose moments stay the same keeps its next, unless that has passed.
///
/// # Errors
/// Those of writing.
pub async fn put(conn: &mut Conn, schedule: &Schedule, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO schedules (module, name, cron, method, payload, declared, next_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (module, name) DO UPDATE SET \
         next_at = CASE WHEN schedules.cron = excluded.cron AND schedules.next_at > $8 \
         THEN schedules.next_at ELSE excluded.next_at END, \
         cron = excluded.cron, method = excluded.method, payload = excluded.payload, declared = excluded.declared",
    )
    .bind(schedule.module.to_string())
    .bind(schedule.name.as_str())
    .bind(schedule.cron.as_str())
    .bind(schedule.method.as_str())
    .bind(schedule.payload.to_string())
    .bind(i64::from(schedule.declared))
    .bind(schedule.cron.next_after(now).map(|next| next.0))
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// Takes a schedule back. One that is not there is no error.
///
/// # Errors
/// Those of writing.
pub async fn remove(conn: &mut Conn, module: &ModuleKey, name: &str) -> Result<()> {
    sqlx::query("DELETE FROM schedules WHERE module = $1 AND name = $2")
        .bind(module.to_string())
        .bind(name)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// A module's schedules, by name.
///
/// # Errors
/// Those of reading.
pub async fn of_module(conn: &mut Conn, module: &ModuleKey) -> Result<Vec<Schedule>> {
    let rows = sqlx::query("SELECT * FROM schedules WHERE module = $1 ORDER BY name")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// Puts what a manifest declares in place of what the one before it did; what the module made itself stays.
///
/// # Errors
/// Those of writing.
pub async fn declare(
    conn: &mut Conn,
    module: &ModuleKey,
    declared: &[Schedule],
    now: Timestamp,
) -> Result<()> {
    for old in of_module(conn, module).await? {
        if old.declared && !declared.iter().any(|schedule| schedule.name == old.name) {
            remove(conn, module, &old.name).await?;
        }
    }
    for schedule in declared {
        put(conn, schedule, now).await?;
    }
    Ok(())
}

/// Adds the tasks of schedules that are due and moves those on. Gives how many.
///
/// # Errors
/// Those of reading and writing.
pub async fn fire(conn: &mut Conn, now: Timestamp) -> Result<usize> {
    let due = sqlx::query(
        "SELECT s.*, m.active AS serving FROM schedules s JOIN modules m ON m.key = s.module \
         WHERE s.next_at IS NOT NULL AND s.next_at <= $1 AND m.active IS NOT NULL ORDER BY s.next_at LIMIT $2",
    )
    .bind(now.0)
    .bind(BATCH)
    .fetch_all(&mut *conn)
    .await?;
    let mut fired = 0;
    for row in &due {
        let row = Fields::new(row);
        let (schedule, version): (Schedule, VersionId) = (read(row)?, row.parse("serving")?);
        let mut tx = conn.begin().await?;
        let moved = sqlx::query(
            "UPDATE schedules SET next_at = $1, last_at = $2 WHERE module = $3 AND name = $4 AND next_at = $5",
        )
        .bind(schedule.cron.next_after(now).map(|next| next.0))
        .bind(now.0)
        .bind(schedule.module.to_string())
        .bind(schedule.name.as_str())
        .bind(schedule.next_at.map(|due| due.0))
        .execute(&mut *tx)
        .await?;
        if moved.rows_affected() == 1 {
            let task = NewTask {
                payload: schedule.payload,
                tags: vec!["recurring".to_owned(), schedule.name.clone()],
                // One that still runs or waits from last time is not added again.
                unique_key: Some(format!("@schedule {}", schedule.name)),
                ..NewTask::new(schedule.module, version, schedule.method)
            };
            tasks::enqueue(&mut tx, &task).await?;
            fired += 1;
        }
        tx.commit().await?;
    }
    Ok(fired)
}

/// Whether the module may have a schedule of this name beside those it has.
///
/// # Errors
/// Those of reading.
pub async fn has_room(conn: &mut Conn, module: &ModuleKey, name: &str) -> Result<bool> {
    let all = of_module(conn, module).await?;
    Ok(all.len() < MOST || all.iter().any(|schedule| schedule.name == name))
}

//! A module's way from version to version: what served before, and a newer version that serves a share.

use caisson_types::{ModuleKey, ServiceId, Timestamp, VersionId};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, as_i64, read_all};
use crate::tables::Table;

/// A version that serves a share of the calls while another serves the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Canary {
    pub module: ModuleKey,
    pub version: VersionId,
    /// Of the calls, in percent.
    pub share: u32,
    /// These get it whatever the share is.
    pub services: Vec<ServiceId>,
    /// The module's tables before it began.
    pub tables: Vec<Table>,
    /// How many of its calls may fail, in ten-thousandths.
    pub most_failures: u32,
    /// Calls before anything is judged.
    pub least_calls: u32,
    pub calls: u64,
    pub failed: u64,
    pub began_at: Timestamp,
    pub began_by: String,
    pub ended_at: Option<Timestamp>,
    /// How it ended, in a sentence.
    pub verdict: Option<String>,
}

impl Canary {
    /// Whether more of its calls failed than may.
    #[must_use]
    pub fn is_over_budget(&self) -> bool {
        self.calls >= u64::from(self.least_calls)
            && self.failed.saturating_mul(10_000) > self.calls.saturating_mul(self.most_failures.into())
    }
}

/// A version that served before another.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub version: VersionId,
    /// The module's tables when it stopped serving.
    pub tables: Vec<Table>,
    pub left_at: Timestamp,
}

fn read_canary(row: Fields<'_>) -> Result<Canary> {
    Ok(Canary {
        module: row.parse("module")?,
        version: row.parse("version_id")?,
        share: row.count("share")?,
        services: row.json("services")?,
        tables: row.json("tables")?,
        most_failures: row.count("most_failures")?,
        least_calls: row.count("least_calls")?,
        calls: row.count("calls")?,
        failed: row.count("failed")?,
        began_at: row.time("began_at")?,
        began_by: row.get("began_by")?,
        ended_at: row.time_opt("ended_at")?,
        verdict: row.get("verdict")?,
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(StorageError::other)
}

/// Begins a canary in place of the module's last one.
///
/// # Errors
/// Those of writing.
pub async fn begin(conn: &mut Conn, canary: &Canary) -> Result<()> {
    sqlx::query("DELETE FROM module_canaries WHERE module = $1")
        .bind(canary.module.to_string())
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO module_canaries (module, version_id, share, services, tables, most_failures, least_calls, calls, \
         failed, began_at, began_by, ended_at, verdict) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL)",
    )
    .bind(canary.module.to_string())
    .bind(canary.version.to_string())
    .bind(i64::from(canary.share))
    .bind(json(&canary.services)?)
    .bind(json(&canary.tables)?)
    .bind(i64::from(canary.most_failures))
    .bind(i64::from(canary.least_calls))
    .bind(as_i64(canary.calls))
    .bind(as_i64(canary.failed))
    .bind(canary.began_at.0)
    .bind(canary.began_by.as_str())
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// Adds what a process counted to a canary that runs, and gives what all of them counted. None where it does not run any more.
///
/// # Errors
/// Those of writing.
pub async fn count(conn: &mut Conn, version: VersionId, calls: u64, failed: u64) -> Result<Option<Canary>> {
    let row = sqlx::query(
        "UPDATE module_canaries SET calls = calls + $1, failed = failed + $2 \
         WHERE version_id = $3 AND ended_at IS NULL RETURNING *",
    )
    .bind(as_i64(calls))
    .bind(as_i64(failed))
    .bind(version.to_string())
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| read_canary(Fields::new(&row))).transpose()
}

/// Ends the canary of a module that runs, if one does: true for the one who ended it.
///
/// # Errors
/// Those of writing.
pub async fn end(conn: &mut Conn, module: &ModuleKey, verdict: &str, now: Timestamp) -> Result<bool> {
    let ended = sqlx::query(
        "UPDATE module_canaries SET ended_at = $1, verdict = $2 WHERE module = $3 AND ended_at IS NULL",
    )
    .bind(now.0)
    .bind(verdict)
    .bind(module.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// The last canary of a module, running or ended.
///
/// # Errors
/// Those of reading.
pub async fn canary(conn: &mut Conn, module: &ModuleKey) -> Result<Option<Canary>> {
    let row = sqlx::query("SELECT * FROM module_canaries WHERE module = $1")
        .bind(module.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    row.map(|row| read_canary(Fields::new(&row))).transpose()
}

/// All canaries that run.
///
/// # Errors
/// Those of reading.
pub async fn running(conn: &mut Conn) -> Result<Vec<Canary>> {
    let rows = sqlx::query("SELECT * FROM module_canaries WHERE ended_at IS NULL ORDER BY module")
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read_canary)
}

/// Notes that a version stopped serving for a newer one.
///
/// # Errors
/// Those of writing.
pub async fn left(conn: &mut Conn, module: &ModuleKey, step: &Step) -> Result<()> {
    forget(conn, module, step.version).await?;
    let last = sqlx::query("SELECT COALESCE(MAX(step), 0) AS step FROM module_steps WHERE module = $1")
        .bind(module.to_string())
        .fetch_one(&mut *conn)
        .await?;
    let last: i64 = Fields::new(&last).get("step")?;
    sqlx::query(
        "INSERT INTO module_steps (module, step, version_id, tables, left_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(module.to_string())
    .bind(last + 1)
    .bind(step.version.to_string())
    .bind(json(&step.tables)?)
    .bind(step.left_at.0)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// The version that served before the one that does.
///
/// # Errors
/// Those of reading.
pub async fn before(conn: &mut Conn, module: &ModuleKey) -> Result<Option<Step>> {
    let row = sqlx::query("SELECT * FROM module_steps WHERE module = $1 ORDER BY step DESC LIMIT 1")
        .bind(module.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    row.map(|row| {
        let row = Fields::new(&row);
        Ok(Step {
            version: row.parse("version_id")?,
            tables: row.json("tables")?,
            left_at: row.time("left_at")?,
        })
    })
    .transpose()
}

/// A version that serves is before none.
///
/// # Errors
/// Those of writing.
pub async fn forget(conn: &mut Conn, module: &ModuleKey, version: VersionId) -> Result<()> {
    sqlx::query("DELETE FROM module_steps WHERE module = $1 AND version_id = $2")
        .bind(module.to_string())
        .bind(version.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Why a version that left `then` behind cannot serve on `now`, if it cannot: what it reads is gone, or what it writes lacks a
/// value that is asked for by now.
#[must_use]
pub fn broken<'t>(then: &[Table], now: impl Iterator<Item = &'t Table> + Clone) -> Option<String> {
    for table in then {
        let Some(today) = now.clone().find(|one| one.name == table.name) else {
            return Some(format!("the table '{}' is gone", table.name));
        };
        for column in &table.columns {
            match today.column(&column.name) {
                Some(same) if same.kind == column.kind => {}
                Some(_) => {
                    return Some(format!("'{}.{}' holds something else by now", table.name, column.name));
                }
                None => return Some(format!("the column '{}.{}' is gone", table.name, column.name)),
            }
        }
        let demands = today.columns.iter().find(|column| {
            table.column(&column.name).is_none() && !column.nullable && column.default.is_none()
        });
        if let Some(column) = demands {
            return Some(format!("the new column '{}.{}' may not be empty", table.name, column.name));
        }
    }
    None
}

/// Removes what a module left behind in the panel's own tables and what does not go with it by itself: its tasks, log, calls,
/// webhooks and counters. What is booked stays: payments, notifications that people got, the audit log.
///
/// # Errors
/// Those of writing.
pub async fn erase_records(conn: &mut Conn, module: &ModuleKey) -> Result<()> {
    const TABLES: [&str; 8] = [
        "DELETE FROM tasks WHERE module = $1",
        "DELETE FROM module_log WHERE module = $1",
        "DELETE FROM calls WHERE module = $1",
        "DELETE FROM call_hours WHERE module = $1",
        "DELETE FROM call_times WHERE module = $1",
        "DELETE FROM webhook_deliveries WHERE module = $1",
        "DELETE FROM notification_usage WHERE module = $1",
        // The entries hang on it.
        "DELETE FROM cache_usage WHERE module = $1",
    ];
    for sql in TABLES {
        sqlx::query(sql).bind(module.to_string()).execute(&mut *conn).await?;
    }
    crate::usage::forget(conn, module).await
}

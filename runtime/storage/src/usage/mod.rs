//! What modules' calls used, counted for all of them and not only for those whose trace is kept: totals and times by the hour,
//! grants that were used, and what was denied.

mod grants;
mod times;

use std::collections::BTreeMap;

use caisson_types::{ModuleKey, Timestamp};

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, as_i64, read_all};
use crate::sql::Filter;

pub use grants::{DENIALS_MAX, Denial, Use, denials_of, denied, forget, purge_denials, used, uses_of};
pub use times::Times;

const HOUR_MS: i64 = 3_600_000;

/// Totals of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub calls: u64,
    pub failed: u64,
    pub wall_us: u64,
    pub cpu_us: u64,
    pub host_calls: u64,
    pub denied: u64,
    pub bytes_out: u64,
    pub bytes_in: u64,
    pub times: Times,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.wall_us += other.wall_us;
        self.cpu_us += other.cpu_us;
        self.host_calls += other.host_calls;
        self.denied += other.denied;
        self.bytes_out += other.bytes_out;
        self.bytes_in += other.bytes_in;
        self.times.add(&other.times);
    }
}

/// One hour's totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourTotals {
    /// Its beginning.
    pub at: Timestamp,
    pub totals: Totals,
}

/// Adds to the totals of the hour that `at` is in.
///
/// # Errors
/// Those of writing.
pub async fn add(conn: &mut Conn, module: &str, at: Timestamp, totals: &Totals) -> Result<()> {
    let hour = at.0.div_euclid(HOUR_MS);
    sqlx::query(
        "INSERT INTO call_hours (module, hour, calls, failed, wall_us, cpu_us, host_calls, denied, bytes_out, bytes_in) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (module, hour) DO UPDATE SET \
         calls = call_hours.calls + excluded.calls, failed = call_hours.failed + excluded.failed, \
         wall_us = call_hours.wall_us + excluded.wall_us, cpu_us = call_hours.cpu_us + excluded.cpu_us, \
         host_calls = call_hours.host_calls + excluded.host_calls, denied = call_hours.denied + excluded.denied, \
         bytes_out = call_hours.bytes_out + excluded.bytes_out, bytes_in = call_hours.bytes_in + excluded.bytes_in",
    )
    .bind(module.to_owned())
    .bind(hour)
    .bind(as_i64(totals.calls))
    .bind(as_i64(totals.failed))
    .bind(as_i64(totals.wall_us))
    .bind(as_i64(totals.cpu_us))
    .bind(as_i64(totals.host_calls))
    .bind(as_i64(totals.denied))
    .bind(as_i64(totals.bytes_out))
    .bind(as_i64(totals.bytes_in))
    .execute(&mut *conn)
    .await?;
    for (bucket, calls) in totals.times.0.iter().enumerate().filter(|(_, calls)| **calls > 0) {
        sqlx::query(
            "INSERT INTO call_times (module, hour, bucket, calls) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (module, hour, bucket) DO UPDATE SET calls = call_times.calls + excluded.calls",
        )
        .bind(module.to_owned())
        .bind(hour)
        .bind(as_i64(bucket))
        .bind(as_i64(*calls))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Totals since a time, of one module or of all together, oldest hour first; hours without calls are left out.
///
/// # Errors
/// Those of reading.
pub async fn by_hour(
    conn: &mut Conn,
    module: Option<&ModuleKey>,
    since: Timestamp,
) -> Result<Vec<HourTotals>> {
    let filter = Filter::new()
        .and("module = ?", module.map(ToString::to_string))
        .and("hour >= ?", Some(since.0.div_euclid(HOUR_MS)));
    const SUMS: &str = "SELECT hour, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(failed) AS BIGINT) AS failed, \
         CAST(SUM(wall_us) AS BIGINT) AS wall_us, CAST(SUM(cpu_us) AS BIGINT) AS cpu_us, \
         CAST(SUM(host_calls) AS BIGINT) AS host_calls, CAST(SUM(denied) AS BIGINT) AS denied, \
         CAST(SUM(bytes_out) AS BIGINT) AS bytes_out, CAST(SUM(bytes_in) AS BIGINT) AS bytes_in FROM call_hours";
    const TIMES: &str = "SELECT hour, bucket, CAST(SUM(calls) AS BIGINT) AS calls FROM call_times";
    let mut sql = filter.select(SUMS);
    sql.push(" GROUP BY hour");
    let mut hours = BTreeMap::new();
    for (hour, totals) in read_all(&sql.query().fetch_all(&mut *conn).await?, read)? {
        hours.insert(hour, totals);
    }
    let mut sql = filter.select(TIMES);
    sql.push(" GROUP BY hour, bucket");
    let counted = |row: Fields<'_>| {
        Ok((row.get::<i64>("hour")?, row.count::<usize>("bucket")?, row.count::<u64>("calls")?))
    };
    for (hour, bucket, calls) in read_all(&sql.query().fetch_all(&mut *conn).await?, counted)? {
        let totals = hours.entry(hour).or_insert_with(Totals::default);
        totals.times.0[bucket.min(Times::BUCKETS - 1)] += calls;
    }
    Ok(hours.into_iter().map(|(hour, totals)| HourTotals { at: Timestamp(hour * HOUR_MS), totals }).collect())
}

fn read(row: Fields<'_>) -> Result<(i64, Totals)> {
    Ok((
        row.get("hour")?,
        Totals {
            calls: row.count("calls")?,
            failed: row.count("failed")?,
            wall_us: row.count("wall_us")?,
            cpu_us: row.count("cpu_us")?,
            host_calls: row.count("host_calls")?,
            denied: row.count("denied")?,
            bytes_out: row.count("bytes_out")?,
            bytes_in: row.count("bytes_in")?,
            times: Times::default(),
        },
    ))
}

/// Deletes hours that ended before a time. Returns how many.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    let hour = before.0.div_euclid(HOUR_MS);
    sqlx::query("DELETE FROM call_times WHERE hour < $1").bind(hour).execute(&mut *conn).await?;
    let gone = sqlx::query("DELETE FROM call_hours WHERE hour < $1").bind(hour).execute(&mut *conn).await?;
    Ok(gone.rows_affected())
}

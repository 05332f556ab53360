//! Tasks by the hour, for charts; calls are in [`crate::usage`].

use caisson_types::Timestamp;

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, read_all};
use crate::sql::Filter;

/// What ended, or began, within one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Its beginning.
    pub at: Timestamp,
    pub total: u64,
    /// Of these, those that failed.
    pub failed: u64,
}

const HOUR_MS: i64 = 3_600_000;

/// Tasks that ended since a time, oldest hour first; hours without any are left out.
///
/// # Errors
/// Those of reading.
pub async fn of_tasks(conn: &mut Conn, since: Timestamp) -> Result<Vec<Hour>> {
    const SELECT: &str = "SELECT finished_at / 3600000 AS hour, COUNT(*) AS total, \
        CAST(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed FROM tasks";
    let mut sql = Filter::new().and("finished_at >= ?", Some(since.0)).select(SELECT);
    sql.push(" GROUP BY finished_at / 3600000 ORDER BY 1");
    read_all(&sql.query().fetch_all(&mut *conn).await?, read)
}

fn read(row: Fields<'_>) -> Result<Hour> {
    let hour: i64 = row.get("hour")?;
    Ok(Hour { at: Timestamp(hour * HOUR_MS), total: row.count("total")?, failed: row.count("failed")? })
}

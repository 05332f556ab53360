//! How versions stood their own scenarios, played again.

use caisson_types::{Timestamp, VersionId};

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;

/// The last trial of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub version: VersionId,
    pub began_at: Timestamp,
    /// An administrator's e-mail.
    pub began_by: String,
    /// None while it goes on, or where the panel that played it died.
    pub ended_at: Option<Timestamp>,
    /// What came of it, as a document.
    pub report: Option<String>,
    /// Why it could not be played.
    pub error: Option<String>,
}

/// Notes that one began, in place of the last; false where that one goes on since `lost` or later.
///
/// # Errors
/// Those of writing.
pub async fn begin(
    conn: &mut Conn,
    version: VersionId,
    by: &str,
    now: Timestamp,
    lost: Timestamp,
) -> Result<bool> {
    let begun = sqlx::query(
        "INSERT INTO module_trials (version_id, began_at, began_by, ended_at, report, error) VALUES ($1, $2, $3, NULL, NULL, NULL) \
         ON CONFLICT (version_id) DO UPDATE SET began_at = $2, began_by = $3, ended_at = NULL, report = NULL, error = NULL \
         WHERE module_trials.ended_at IS NOT NULL OR module_trials.began_at < $4",
    )
    .bind(version.to_string())
    .bind(now.0)
    .bind(by)
    .bind(lost.0)
    .execute(&mut *conn)
    .await?;
    Ok(begun.rows_affected() > 0)
}

/// Notes what came of it: a report, or why there is none.
///
/// # Errors
/// Those of writing.
pub async fn end(
    conn: &mut Conn,
    version: VersionId,
    outcome: std::result::Result<&str, &str>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE module_trials SET ended_at = $1, report = $2, error = $3 WHERE version_id = $4")
        .bind(now.0)
        .bind(outcome.ok())
        .bind(outcome.err())
        .bind(version.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// The last one of a version.
///
/// # Errors
/// Those of reading.
pub async fn of(conn: &mut Conn, version: VersionId) -> Result<Option<Trial>> {
    let row = sqlx::query("SELECT * FROM module_trials WHERE version_id = $1")
        .bind(version.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    let read = |row: Fields<'_>| {
        Ok(Trial {
            version: row.parse("version_id")?,
            began_at: row.time("began_at")?,
            began_by: row.get("began_by")?,
            ended_at: row.time_opt("ended_at")?,
            report: row.get("report")?,
            error: row.get("error")?,
        })
    };
    row.map(|row| read(Fields::new(&row))).transpose()
}

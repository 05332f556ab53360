//! What an administrator approved for a version.

use caisson_types::manifest::GrantId;
use caisson_types::{AdminId, Timestamp, VersionId};

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, one_changed, read_all};
use crate::sql::{Sql, Value};

/// One approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub grant: GrantId,
    pub by: Option<AdminId>,
    pub at: Timestamp,
}

fn read(row: Fields<'_>) -> Result<Granted> {
    Ok(Granted {
        grant: GrantId(row.get("grant_id")?),
        by: row.parse_opt("granted_by")?,
        at: row.time("granted_at")?,
    })
}

/// Makes `grants` the version's only ones. Give it a transaction: between its two statements there are none.
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without the version.
pub async fn replace(
    conn: &mut Conn,
    version: VersionId,
    grants: &[GrantId],
    by: Option<AdminId>,
    at: Timestamp,
) -> Result<()> {
    sqlx::query("DELETE FROM module_grants WHERE version_id = $1")
        .bind(version.to_string())
        .execute(&mut *conn)
        .await?;
    if grants.is_empty() {
        return Ok(());
    }
    let mut sql =
        Sql::new("INSERT INTO module_grants (version_id, grant_id, granted_by, granted_at) VALUES ");
    for (index, grant) in grants.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).push_tuple([
            Value::from(version.to_string()),
            grant.0.as_str().into(),
            by.map(|by| by.to_string()).into(),
            at.0.into(),
        ]);
    }
    sql.push(" ON CONFLICT (version_id, grant_id) DO NOTHING");
    sql.query().execute(&mut *conn).await?;
    Ok(())
}

/// Takes one grant from a version; who gave the others, and when, stays.
///
/// # Errors
/// [`crate::StorageError::Missing`] where it had no such grant.
pub async fn withdraw(conn: &mut Conn, version: VersionId, grant: &GrantId) -> Result<()> {
    let result = sqlx::query("DELETE FROM module_grants WHERE version_id = $1 AND grant_id = $2")
        .bind(version.to_string())
        .bind(grant.0.clone())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// The grants of a version.
///
/// # Errors
/// Those of reading.
pub async fn of(conn: &mut Conn, version: VersionId) -> Result<Vec<GrantId>> {
    Ok(receipts_of(conn, version).await?.into_iter().map(|granted| granted.grant).collect())
}

/// The grants of a version with who approved them and when.
///
/// # Errors
/// Those of reading.
pub async fn receipts_of(conn: &mut Conn, version: VersionId) -> Result<Vec<Granted>> {
    let rows = sqlx::query("SELECT * FROM module_grants WHERE version_id = $1 ORDER BY grant_id")
        .bind(version.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

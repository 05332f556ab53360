//! A service's timeline: what happened to it, in words for people.

use caisson_types::{ServiceId, Timestamp};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, as_i64, read_all};

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Version 7, so that entries sort by when they were made.
    pub id: Uuid,
    pub service_id: ServiceId,
    pub at: Timestamp,
    /// A word to choose an icon by, such as `created` or `failed`.
    pub kind: String,
    pub text: String,
    /// Who did it: an administrator, the client, the module.
    pub actor: String,
}

fn read(row: Fields<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.parse("id")?,
        service_id: row.parse("service_id")?,
        at: row.time("at")?,
        kind: row.get("kind")?,
        text: row.get("text")?,
        actor: row.get("actor")?,
    })
}

/// Adds a line of now.
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without the service.
pub async fn append(conn: &mut Conn, service: ServiceId, kind: &str, text: &str, actor: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO service_events (id, service_id, at, kind, text, actor) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(service.to_string())
    .bind(Timestamp::now().0)
    .bind(kind)
    .bind(text)
    .bind(actor)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// The newest `limit` lines of a service, newest first.
///
/// # Errors
/// Those of reading.
pub async fn of(conn: &mut Conn, service: ServiceId, limit: u64) -> Result<Vec<Entry>> {
    let rows = sqlx::query("SELECT * FROM service_events WHERE service_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(service.to_string())
        .bind(as_i64(limit))
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// The newest `limit` entries of all services, newest first.
///
/// # Errors
/// Those of reading.
pub async fn newest(conn: &mut Conn, limit: u64) -> Result<Vec<Entry>> {
    let rows = sqlx::query("SELECT * FROM service_events ORDER BY id DESC LIMIT $1")
        .bind(as_i64(limit))
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

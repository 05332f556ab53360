//! Sessions of browsers. The cookie's token is not stored; its digest finds the row.

use caisson_types::{AdminId, ClientId, Timestamp};
use serde_json::Value;

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed};

/// Who a session belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    Admin(AdminId),
    Client(ClientId),
}

impl Principal {
    fn columns(self) -> (&'static str, String) {
        match self {
            Self::Admin(id) => ("admin", id.to_string()),
            Self::Client(id) => ("client", id.to_string()),
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// SHA-256 of the cookie's token, in hexadecimal.
    pub token_hash: String,
    pub principal: Principal,
    pub csrf: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// Comparing it with the clock is the caller's part.
    pub expires_at: Timestamp,
    /// What a page leaves for the next one.
    pub data: Value,
}

fn read(row: Fields<'_>) -> Result<Session> {
    let principal = match row.get::<String>("principal_kind")?.as_str() {
        "admin" => Principal::Admin(row.parse("principal_id")?),
        "client" => Principal::Client(row.parse("principal_id")?),
        other => return Err(StorageError::Corrupt(format!("'{other}' is not a kind of session"))),
    };
    Ok(Session {
        token_hash: row.get("token_hash")?,
        principal,
        csrf: row.get("csrf")?,
        created_at: row.time("created_at")?,
        seen_at: row.time("seen_at")?,
        expires_at: row.time("expires_at")?,
        data: row.json("data")?,
    })
}

/// Adds a session.
///
/// # Errors
/// [`StorageError::Unique`] when the token exists.
pub async fn insert(conn: &mut Conn, session: &Session) -> Result<()> {
    let (kind, id) = session.principal.columns();
    sqlx::query(
        "INSERT INTO sessions (token_hash, principal_kind, principal_id, csrf, created_at, seen_at, expires_at, data) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(session.token_hash.as_str())
    .bind(kind)
    .bind(id)
    .bind(session.csrf.as_str())
    .bind(session.created_at.0)
    .bind(session.seen_at.0)
    .bind(session.expires_at.0)
    .bind(session.data.to_string())
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the session"))?;
    Ok(())
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_hash(conn: &mut Conn, token_hash: &str) -> Result<Session> {
    let row = sqlx::query("SELECT * FROM sessions WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// Notes that it was used, and how long it is good for from now.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn touch(conn: &mut Conn, token_hash: &str, seen: Timestamp, expires: Timestamp) -> Result<()> {
    let result = sqlx::query("UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE token_hash = $3")
        .bind(seen.0)
        .bind(expires.0)
        .bind(token_hash)
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn set_data(conn: &mut Conn, token_hash: &str, data: &Value) -> Result<()> {
    let result = sqlx::query("UPDATE sessions SET data = $1 WHERE token_hash = $2")
        .bind(data.to_string())
        .bind(token_hash)
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Ends a session; one that is gone is no error.
///
/// # Errors
/// Those of writing.
pub async fn delete(conn: &mut Conn, token_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(&mut *conn).await?;
    Ok(())
}

/// Ends every session of somebody, as after a change of password. Returns how many there were.
///
/// # Errors
/// Those of writing.
pub async fn delete_all_of(conn: &mut Conn, principal: Principal) -> Result<u64> {
    let (kind, id) = principal.columns();
    let result = sqlx::query("DELETE FROM sessions WHERE principal_kind = $1 AND principal_id = $2")
        .bind(kind)
        .bind(id)
        .execute(&mut *conn)
        .await?;
    Ok(result.rows_affected())
}

/// Deletes what is no longer good. Returns how many.
///
/// # Errors
/// Those of writing.
pub async fn purge_expired(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    let result =
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0).execute(&mut *conn).await?;
    Ok(result.rows_affected())
}

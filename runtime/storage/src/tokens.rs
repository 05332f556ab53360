//! Bearer tokens of the API. The token itself is shown once and never stored; its digest finds it.

use caisson_types::{AdminId, Timestamp, TokenId};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed, read_all};

/// A token of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub admin_id: AdminId,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub hash: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// Without one it is good until deleted. Comparing it with the clock is the caller's part.
    pub expires_at: Option<Timestamp>,
}

fn read(row: Fields<'_>) -> Result<Token> {
    Ok(Token {
        id: row.parse("id")?,
        admin_id: row.parse("admin_id")?,
        name: row.get("name")?,
        hash: row.get("hash")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time_opt("last_used_at")?,
        expires_at: row.time_opt("expires_at")?,
    })
}

/// Adds a token.
///
/// # Errors
/// [`StorageError::ForeignKey`] without its administrator.
pub async fn insert(conn: &mut Conn, token: &Token) -> Result<()> {
    sqlx::query(
        "INSERT INTO tokens (id, admin_id, name, hash, created_at, last_used_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.id.to_string())
    .bind(token.admin_id.to_string())
    .bind(token.name.as_str())
    .bind(token.hash.as_str())
    .bind(token.created_at.0)
    .bind(token.last_used_at.map(|at| at.0))
    .bind(token.expires_at.map(|at| at.0))
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the token"))?;
    Ok(())
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_hash(conn: &mut Conn, hash: &str) -> Result<Token> {
    let row = sqlx::query("SELECT * FROM tokens WHERE hash = $1").bind(hash).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// An administrator's tokens, newest first.
///
/// # Errors
/// Those of reading.
pub async fn list_of(conn: &mut Conn, admin: AdminId) -> Result<Vec<Token>> {
    let rows = sqlx::query("SELECT * FROM tokens WHERE admin_id = $1 ORDER BY id DESC")
        .bind(admin.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn delete(conn: &mut Conn, id: TokenId) -> Result<()> {
    let result =
        sqlx::query("DELETE FROM tokens WHERE id = $1").bind(id.to_string()).execute(&mut *conn).await?;
    one_changed(&result)
}

/// Notes that it was used.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn touch(conn: &mut Conn, id: TokenId, now: Timestamp) -> Result<()> {
    let result = sqlx::query("UPDATE tokens SET last_used_at = $1 WHERE id = $2")
        .bind(now.0)
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

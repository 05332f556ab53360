//! Grants that were used, and what was denied.

use caisson_types::manifest::GrantId;
use caisson_types::{CallId, ModuleKey, Timestamp};

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, as_i64, read_all};

/// How a grant was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub grant: GrantId,
    /// Since the module was installed, whatever the version.
    pub uses: u64,
    pub last_at: Timestamp,
}

/// Counts uses of a grant.
///
/// # Errors
/// Those of writing.
pub async fn used(conn: &mut Conn, module: &str, grant: &GrantId, uses: u64, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO grant_uses (module, grant_id, uses, last_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (module, grant_id) DO UPDATE SET uses = grant_uses.uses + excluded.uses, \
         last_at = CASE WHEN grant_uses.last_at > excluded.last_at THEN grant_uses.last_at ELSE excluded.last_at END",
    )
    .bind(module.to_owned())
    .bind(grant.0.clone())
    .bind(as_i64(uses))
    .bind(at.0)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// How a module used its grants; those it never used are left out.
///
/// # Errors
/// Those of reading.
pub async fn uses_of(conn: &mut Conn, module: &ModuleKey) -> Result<Vec<Use>> {
    let rows = sqlx::query("SELECT * FROM grant_uses WHERE module = $1 ORDER BY grant_id")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, |row| {
        Ok(Use {
            grant: GrantId(row.get("grant_id")?),
            uses: row.count("uses")?,
            last_at: row.time("last_at")?,
        })
    })
}

/// What a module was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The grant's id where the manifest asks for it, else the line that it lacks.
    pub line: String,
    pub denials: u64,
    pub last_at: Timestamp,
    /// A call that was denied it.
    pub last_call: CallId,
}

/// Lines kept of one module: what a module asks for is its own choice, and so is how many things that are.
pub const DENIALS_MAX: u64 = 200;

/// Counts denials. A line beyond the first [`DENIALS_MAX`] of a module is not kept.
///
/// # Errors
/// Those of writing.
pub async fn denied(conn: &mut Conn, module: &str, denial: &Denial) -> Result<()> {
    let known = sqlx::query(
        "UPDATE grant_denials SET denials = denials + $3, last_at = $4, last_call = $5 WHERE module = $1 AND line = $2",
    )
    .bind(module.to_owned())
    .bind(denial.line.clone())
    .bind(as_i64(denial.denials))
    .bind(denial.last_at.0)
    .bind(denial.last_call.to_string())
    .execute(&mut *conn)
    .await?;
    if known.rows_affected() > 0 {
        return Ok(());
    }
    let row = sqlx::query("SELECT COUNT(*) AS total FROM grant_denials WHERE module = $1")
        .bind(module.to_owned())
        .fetch_one(&mut *conn)
        .await?;
    if Fields::new(&row).count::<u64>("total")? >= DENIALS_MAX {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO grant_denials (module, line, denials, last_at, last_call) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (module, line) DO UPDATE SET denials = grant_denials.denials + excluded.denials, \
         last_at = excluded.last_at, last_call = excluded.last_call",
    )
    .bind(module.to_owned())
    .bind(denial.line.clone())
    .bind(as_i64(denial.denials))
    .bind(denial.last_at.0)
    .bind(denial.last_call.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// What a module was denied, the latest first.
///
/// # Errors
/// Those of reading.
pub async fn denials_of(conn: &mut Conn, module: &ModuleKey) -> Result<Vec<Denial>> {
    let rows = sqlx::query("SELECT * FROM grant_denials WHERE module = $1 ORDER BY last_at DESC, line")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, |row| {
        Ok(Denial {
            line: row.get("line")?,
            denials: row.count("denials")?,
            last_at: row.time("last_at")?,
            last_call: row.parse("last_call")?,
        })
    })
}

/// Forgets how a module used its grants, and what it was denied.
///
/// # Errors
/// Those of writing.
pub async fn forget(conn: &mut Conn, module: &ModuleKey) -> Result<()> {
    for sql in ["DELETE FROM grant_uses WHERE module = $1", "DELETE FROM grant_denials WHERE module = $1"] {
        sqlx::query(sql).bind(module.to_string()).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Deletes denials that did not come again since a time.
///
/// # Errors
/// Those of writing.
pub async fn purge_denials(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM grant_denials WHERE last_at < $1")
        .bind(before.0)
        .execute(&mut *conn)
        .await?;
    Ok(gone.rows_affected())
}

//! Taking away what was kept long enough, a piece at a time: whoever writes meanwhile waits for one piece at most.

use caisson_types::{ModuleKey, Timestamp};

use crate::db::Conn;
use crate::error::Result;
use crate::row::{Fields, as_i64, read_all};

/// Rows of one statement.
const PIECE: u64 = 1_000;

/// Runs `old` with a time and a count until nothing older is left. Returns how many rows went.
pub(crate) async fn older(conn: &mut Conn, old: &'static str, before: Timestamp) -> Result<u64> {
    let mut gone = 0;
    loop {
        let deleted = sqlx::query(old).bind(before.0).bind(as_i64(PIECE)).execute(&mut *conn).await?;
        gone += deleted.rows_affected();
        if deleted.rows_affected() < PIECE {
            return Ok(gone);
        }
    }
}

/// What is older goes as in [`older`]; then runs `surplus` with a module and a count for each module that
/// `modules` counts more than `keep` of.
pub(crate) async fn purge(
    conn: &mut Conn,
    (old, modules, surplus): (&'static str, &'static str, &'static str),
    before: Timestamp,
    keep: u64,
) -> Result<u64> {
    let mut gone = older(conn, old, before).await?;
    let rows = sqlx::query(modules).fetch_all(&mut *conn).await?;
    let counted = |row: Fields<'_>| Ok((row.parse::<ModuleKey>("module")?, row.count::<u64>("total")?));
    for (module, total) in read_all(&rows, counted)? {
        let mut over = total.saturating_sub(keep);
        while over > 0 {
            let piece = over.min(PIECE);
            let deleted = sqlx::query(surplus)
                .bind(module.to_string())
                .bind(as_i64(piece))
                .execute(&mut *conn)
                .await?
                .rows_affected();
            gone += deleted;
            // Another process may do the same.
            over = if deleted < piece { 0 } else { over - piece };
        }
    }
    Ok(gone)
}

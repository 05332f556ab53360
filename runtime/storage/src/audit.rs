//! Who did what: a record that shows when it was edited.
//!
//! Each entry's hash covers its fields and the hash before it, and `audit_head` holds the last one. Changing, removing,
//! inserting or cutting off entries breaks the chain where [`verify`] finds it. Somebody who can rewrite the whole table
//! can also compute a new chain: keep a copy of the head elsewhere where that matters.

use caisson_types::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::Fields;
use crate::sql::Filter;

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts from 1 without a gap.
    pub id: i64,
    pub at: Timestamp,
    pub actor: String,
    /// A dotted word, such as `module.activate`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    pub detail: Value,
    /// SHA-256 over the previous entry's hash and this one's fields, in hexadecimal.
    pub hash: String,
}

/// Which entries to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub subject: Option<String>,
}

fn read(row: Fields<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.get("id")?,
        at: row.time("at")?,
        actor: row.get("actor")?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.json("detail")?,
        hash: row.get("hash")?,
    })
}

/// The hash of an entry. Lengths come before texts, so that moving a letter from one field to the next changes it.
fn chain(previous: &str, id: i64, at: Timestamp, texts: [&str; 4]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(id.to_be_bytes());
    hasher.update(at.0.to_be_bytes());
    for text in [previous].into_iter().chain(texts) {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// Adds an entry of now. In a transaction, later appends wait for its end.
///
/// # Errors
/// Those of writing.
pub async fn append(
    conn: &mut Conn,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &Value,
) -> Result<i64> {
    // Within the caller's transaction this is a savepoint. Its first statement writes, so that it takes the lock on the
    // head before it reads from it.
    let mut tx = conn.begin().await?;
    let head = sqlx::query("UPDATE audit_head SET id = id + 1 WHERE one = 1 RETURNING id, hash")
        .fetch_one(&mut *tx)
        .await?;
    let head = Fields::new(&head);
    let (id, previous) = (head.get::<i64>("id")?, head.get::<String>("hash")?);
    let at = Timestamp::now();
    let detail = detail.to_string();
    let hash = chain(&previous, id, at, [actor, action, subject, &detail]);

    sqlx::query(
        "INSERT INTO audit (id, at, actor, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(at.0)
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail)
    .bind(hash.as_str())
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE one = 1").bind(hash).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Newest first; searches the detail.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, filter: &AuditFilter, query: &PageQuery) -> Result<Page<Entry>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM audit", "SELECT * FROM audit", " ORDER BY id DESC");
    Filter::new()
        .and("actor = ?", filter.actor.clone())
        .and("action = ?", filter.action.clone())
        .and("subject = ?", filter.subject.clone())
        .search("LOWER(detail) LIKE ? ESCAPE '!'", query.search.as_deref())
        .page(conn, SQL, query, read)
        .await
}

/// Entries that are read at once while verifying.
const STEP: i64 = 1_000;

/// Walks the chain. Returns the number of the first entry that is not what was written, or is gone; `None` means that
/// all of them are as they were. Give it a transaction when others append meanwhile.
///
/// # Errors
/// Those of reading.
pub async fn verify(conn: &mut Conn) -> Result<Option<i64>> {
    let head = sqlx::query("SELECT id, hash FROM audit_head WHERE one = 1").fetch_one(&mut *conn).await?;
    let head = Fields::new(&head);
    let (last, last_hash) = (head.get::<i64>("id")?, head.get::<String>("hash")?);

    let mut previous = String::new();
    let mut expected = 1;
    loop {
        let rows = sqlx::query("SELECT * FROM audit WHERE id >= $1 ORDER BY id LIMIT $2")
            .bind(expected)
            .bind(STEP)
            .fetch_all(&mut *conn)
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let row = Fields::new(row);
            let detail: String = row.get("detail")?;
            let (actor, action, subject) =
                (row.get::<String>("actor")?, row.get::<String>("action")?, row.get::<String>("subject")?);
            let (id, at, hash) = (row.get::<i64>("id")?, row.time("at")?, row.get::<String>("hash")?);
            if id != expected || hash != chain(&previous, id, at, [&actor, &action, &subject, &detail]) {
                return Ok(Some(expected));
            }
            previous = hash;
            expected += 1;
        }
    }
    match expected - 1 {
        count if count < last => Ok(Some(expected)),
        count if count > last || previous != last_hash => Ok(Some(count)),
        _ => Ok(None),
    }
}

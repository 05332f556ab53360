//! Short-lived values of modules, shared between their calls.
//!
//! Whoever writes holds the module's row of `cache_usage` until the transaction ends: writers of one module follow each other,
//! so reading a value and replacing it is one step, and the row's counts stand for the quota without counting entries. A
//! writer also sweeps some of the module's expired entries; what a module leaves behind is bounded by its quota.

use std::collections::BTreeSet;
use std::time::Duration;

use caisson_types::{ModuleKey, Timestamp};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, as_i64};
use crate::sql::Sql;

/// What one module may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub entries: u64,
    /// Bytes of all values together.
    pub bytes: u64,
}

/// A value to keep.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    pub key: &'a str,
    pub value: &'a str,
    pub ttl: Duration,
    pub tags: &'a [String],
}

/// Why a value was not kept.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("the module's cache is full: it holds at most {} entries and {} bytes", .0.entries, .0.bytes)]
    Full(Quota),
    #[error("the value is not an integer that can be counted with")]
    NotInteger,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Expired entries that one write sweeps.
const SWEPT: u64 = 100;

/// The value of a key, unless it expired.
///
/// # Errors
/// Those of reading.
pub async fn get(conn: &mut Conn, module: &ModuleKey, key: &str, now: Timestamp) -> Result<Option<String>> {
    let row =
        sqlx::query("SELECT value FROM cache_entries WHERE module = $1 AND key = $2 AND expires_at > $3")
            .bind(module.to_string())
            .bind(key)
            .bind(now.0)
            .fetch_optional(&mut *conn)
            .await?;
    row.map(|row| Fields::new(&row).get("value")).transpose()
}

/// Keeps a value in place of the one before, tags included. Give it a transaction, as every function below, and commit it also
/// when the cache is full: what was swept stays swept.
///
/// # Errors
/// [`CacheError::Full`]; [`StorageError::ForeignKey`] without the module.
pub async fn set(
    conn: &mut Conn,
    module: &ModuleKey,
    entry: NewEntry<'_>,
    now: Timestamp,
    quota: Quota,
) -> std::result::Result<(), CacheError> {
    let mut writer = Writer::open(conn, module, now, quota).await?;
    let before = writer.find(entry.key).await?;
    let stored = writer.put(entry.key, entry.value, now.after(entry.ttl), before.as_ref()).await;
    if stored.is_ok() {
        writer.tag(entry.key, entry.tags, before.is_some()).await?;
    }
    writer.close().await?;
    stored
}

/// Keeps a value where the key has none. Returns whether it did.
///
/// # Errors
/// As [`set`].
pub async fn add(
    conn: &mut Conn,
    module: &ModuleKey,
    entry: NewEntry<'_>,
    now: Timestamp,
    quota: Quota,
) -> std::result::Result<bool, CacheError> {
    let mut writer = Writer::open(conn, module, now, quota).await?;
    let stored = match writer.find(entry.key).await? {
        Some(_) => Ok(false),
        None => writer.put(entry.key, entry.value, now.after(entry.ttl), None).await.map(|()| true),
    };
    if matches!(stored, Ok(true)) {
        writer.tag(entry.key, entry.tags, false).await?;
    }
    writer.close().await?;
    stored
}

/// Adds to an integer and returns the sum. One that is not there counts from 0 and lives for `ttl`; one that is there keeps
/// its time and its tags.
///
/// # Errors
/// [`CacheError::NotInteger`] where the value is something else or the sum is out of range; else as [`set`].
pub async fn increment(
    conn: &mut Conn,
    module: &ModuleKey,
    (key, by, ttl): (&str, i64, Duration),
    now: Timestamp,
    quota: Quota,
) -> std::result::Result<i64, CacheError> {
    let mut writer = Writer::open(conn, module, now, quota).await?;
    let before = writer.find(key).await?;
    let count = before.as_ref().map_or(Some(0), |before| before.value.trim().parse::<i64>().ok());
    let stored = match count.and_then(|count| count.checked_add(by)) {
        None => Err(CacheError::NotInteger),
        Some(sum) => {
            let expires_at = before.as_ref().map_or(now.after(ttl), |before| before.expires_at);
            writer.put(key, &sum.to_string(), expires_at, before.as_ref()).await.map(|()| sum)
        }
    };
    writer.close().await?;
    stored
}

/// Forgets a key, whether it is there or not.
///
/// # Errors
/// As [`set`], never full.
pub async fn forget(conn: &mut Conn, module: &ModuleKey, key: &str, now: Timestamp) -> Result<()> {
    let mut writer = Writer::open(conn, module, now, NO_QUOTA).await?;
    let mut sql = Sql::new("DELETE FROM cache_entries WHERE");
    sql.push_with(" module = ?", writer.module.clone()).push_with(" AND key = ?", key);
    writer.remove(sql).await?;
    writer.close().await
}

/// Forgets everything that was kept with the tag. Returns how many entries that were.
///
/// # Errors
/// As [`forget`].
pub async fn flush(conn: &mut Conn, module: &ModuleKey, tag: &str, now: Timestamp) -> Result<u64> {
    let mut writer = Writer::open(conn, module, now, NO_QUOTA).await?;
    let mut sql = Sql::new("DELETE FROM cache_entries WHERE");
    sql.push_with(
        " module = ? AND key IN (SELECT key FROM cache_tags WHERE module = ?",
        writer.module.clone(),
    )
    .push_with(" AND tag = ?)", tag);
    let removed = writer.remove(sql).await?;
    writer.close().await?;
    Ok(removed)
}

/// For writers that only take away.
const NO_QUOTA: Quota = Quota { entries: u64::MAX, bytes: u64::MAX };

/// A module's cache while one transaction writes to it.
struct Writer<'c> {
    conn: &'c mut Conn,
    module: String,
    now: Timestamp,
    quota: Quota,
    entries: u64,
    bytes: u64,
    /// What the row of counts says.
    stored: (u64, u64),
}

struct Before {
    value: String,
    bytes: u64,
    expires_at: Timestamp,
}

impl<'c> Writer<'c> {
    /// Waits for the module's other writers, then sweeps a little.
    async fn open(conn: &'c mut Conn, module: &ModuleKey, now: Timestamp, quota: Quota) -> Result<Self> {
        let module = module.to_string();
        // The update changes nothing; it takes the row's lock on PostgreSQL.
        let row = sqlx::query(
            "INSERT INTO cache_usage (module, entries, bytes) VALUES ($1, 0, 0) \
             ON CONFLICT (module) DO UPDATE SET entries = cache_usage.entries RETURNING entries, bytes",
        )
        .bind(module.as_str())
        .fetch_one(&mut *conn)
        .await?;
        let fields = Fields::new(&row);
        let (entries, bytes) = (fields.count("entries")?, fields.count("bytes")?);
        let mut writer = Self { conn, module, now, quota, entries, bytes, stored: (entries, bytes) };
        if entries > 0 {
            writer.sweep(SWEPT).await?;
        }
        Ok(writer)
    }

    /// The entry as it is; one that expired is gone after this.
    async fn find(&mut self, key: &str) -> Result<Option<Before>> {
        let row =
            sqlx::query("SELECT value, bytes, expires_at FROM cache_entries WHERE module = $1 AND key = $2")
                .bind(self.module.as_str())
                .bind(key)
                .fetch_optional(&mut *self.conn)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let row = Fields::new(&row);
        let before = Before {
            value: row.get("value")?,
            bytes: row.count("bytes")?,
            expires_at: row.time("expires_at")?,
        };
        if before.expires_at > self.now {
            return Ok(Some(before));
        }
        let mut sql = Sql::new("DELETE FROM cache_entries WHERE");
        sql.push_with(" module = ?", self.module.clone()).push_with(" AND key = ?", key);
        self.remove(sql).await?;
        Ok(None)
    }

    /// Stores a value in place of what [`Self::find`] found.
    async fn put(
        &mut self,
        key: &str,
        value: &str,
        expires_at: Timestamp,
        before: Option<&Before>,
    ) -> std::result::Result<(), CacheError> {
        let size = value.len() as u64;
        if !self.fits(size, before) {
            // What expired makes room, however much of it there is.
            self.sweep(u64::MAX).await?;
            if !self.fits(size, before) {
                return Err(CacheError::Full(self.quota));
            }
        }
        sqlx::query(
            "INSERT INTO cache_entries (module, key, value, bytes, expires_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (module, key) DO UPDATE SET value = excluded.value, bytes = excluded.bytes, \
             expires_at = excluded.expires_at",
        )
        .bind(self.module.as_str())
        .bind(key)
        .bind(value)
        .bind(as_i64(size))
        .bind(expires_at.0)
        .execute(&mut *self.conn)
        .await
        .map_err(StorageError::from)?;
        self.entries += u64::from(before.is_none());
        self.bytes = self.bytes + size - before.map_or(0, |before| before.bytes);
        Ok(())
    }

    fn fits(&self, size: u64, before: Option<&Before>) -> bool {
        let bytes = self.bytes + size - before.map_or(0, |before| before.bytes);
        self.entries + u64::from(before.is_none()) <= self.quota.entries && bytes <= self.quota.bytes
    }

    /// Makes `tags` the entry's only ones.
    async fn tag(&mut self, key: &str, tags: &[String], was_there: bool) -> Result<()> {
        if was_there {
            sqlx::query("DELETE FROM cache_tags WHERE module = $1 AND key = $2")
                .bind(self.module.as_str())
                .bind(key)
                .execute(&mut *self.conn)
                .await?;
        }
        let tags: BTreeSet<&str> = tags.iter().map(String::as_str).collect();
        if tags.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new("INSERT INTO cache_tags (module, key, tag) VALUES ");
        for (index, tag) in tags.into_iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).push_tuple([
                self.module.as_str().into(),
                key.into(),
                tag.into(),
            ]);
        }
        sql.query().execute(&mut *self.conn).await?;
        Ok(())
    }

    /// Removes the module's entries that expired first, at most `limit` of them.
    async fn sweep(&mut self, limit: u64) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM cache_entries WHERE");
        sql.push_with(
            " module = ? AND key IN (SELECT key FROM cache_entries WHERE module = ?",
            self.module.clone(),
        )
        .push_with(" AND expires_at <= ?", self.now.0)
        .push_with(" ORDER BY expires_at LIMIT ?)", as_i64(limit));
        self.remove(sql).await?;
        Ok(())
    }

    /// Runs a deletion, and counts what it took.
    async fn remove(&mut self, mut deletion: Sql) -> Result<u64> {
        deletion.push(" RETURNING bytes");
        let rows = deletion.query().fetch_all(&mut *self.conn).await?;
        for row in &rows {
            self.bytes -= Fields::new(row).count::<u64>("bytes")?;
        }
        let removed = rows.len() as u64;
        self.entries -= removed;
        Ok(removed)
    }

    async fn close(self) -> Result<()> {
        if self.stored != (self.entries, self.bytes) {
            sqlx::query("UPDATE cache_usage SET entries = $2, bytes = $3 WHERE module = $1")
                .bind(self.module)
                .bind(as_i64(self.entries))
                .bind(as_i64(self.bytes))
                .execute(&mut *self.conn)
                .await?;
        }
        Ok(())
    }
}

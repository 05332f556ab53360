//! One module's part of the panel's cache.

use caisson_storage::cache::{self, CacheError, NewEntry};
use caisson_storage::{Conn, StorageError, Tx};
use caisson_types::{ModuleKey, Timestamp};

use super::limits::{QUOTA, check_name, check_tags, check_value, ttl};
use crate::bindings::caisson::module::cache::Error;

impl From<CacheError> for Error {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Full(_) => Error::Quota(error.to_string()),
            CacheError::NotInteger => Error::Invalid(error.to_string()),
            CacheError::Storage(error) => error.into(),
        }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a host function of cache failed");
        Error::Other("the panel could not do this now".to_owned())
    }
}

/// The cache, over the call's connection: in a module's transaction it is written with that, or not at all.
pub(super) struct Cache<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) module: &'a ModuleKey,
}

impl Cache<'_> {
    pub(super) async fn get(self, key: &str) -> Result<Option<String>, Error> {
        check_name("key", key).map_err(Error::Invalid)?;
        Ok(cache::get(self.conn, self.module, key, Timestamp::now()).await?)
    }

    pub(super) async fn set(self, key: &str, value: &str, ttl_s: u32, tags: &[String]) -> Result<(), Error> {
        let entry = new_entry(key, value, ttl_s, tags).map_err(Error::Invalid)?;
        let mut tx = self.conn.begin().await?;
        let result = cache::set(&mut tx, self.module, entry, Timestamp::now(), QUOTA).await;
        settle(tx, result).await
    }

    pub(super) async fn add(self, key: &str, value: &str, ttl_s: u32) -> Result<bool, Error> {
        let entry = new_entry(key, value, ttl_s, &[]).map_err(Error::Invalid)?;
        let mut tx = self.conn.begin().await?;
        let result = cache::add(&mut tx, self.module, entry, Timestamp::now(), QUOTA).await;
        settle(tx, result).await
    }

    pub(super) async fn increment(self, key: &str, by: i64, ttl_s: u32) -> Result<i64, Error> {
        check_name("key", key).map_err(Error::Invalid)?;
        let ttl = ttl(ttl_s).map_err(Error::Invalid)?;
        let mut tx = self.conn.begin().await?;
        let result = cache::increment(&mut tx, self.module, (key, by, ttl), Timestamp::now(), QUOTA).await;
        settle(tx, result).await
    }

    pub(super) async fn forget(self, key: &str) -> Result<(), Error> {
        check_name("key", key).map_err(Error::Invalid)?;
        let mut tx = self.conn.begin().await?;
        let result = cache::forget(&mut tx, self.module, key, Timestamp::now()).await;
        settle(tx, result.map_err(CacheError::from)).await
    }

    pub(super) async fn flush(self, tag: &str) -> Result<(), Error> {
        check_name("tag", tag).map_err(Error::Invalid)?;
        let mut tx = self.conn.begin().await?;
        let result = cache::flush(&mut tx, self.module, tag, Timestamp::now()).await;
        settle(tx, result.map(drop).map_err(CacheError::from)).await
    }
}

/// Ends a write. A refusal is committed too: what expired was swept on the way to it.
async fn settle<T>(tx: Tx<&mut Conn>, result: Result<T, CacheError>) -> Result<T, Error> {
    if !matches!(result, Err(CacheError::Storage(_))) {
        tx.commit().await?;
    }
    Ok(result?)
}

fn new_entry<'a>(
    key: &'a str,
    value: &'a str,
    ttl_s: u32,
    tags: &'a [String],
) -> Result<NewEntry<'a>, String> {
    check_name("key", key)?;
    check_value(key, value)?;
    check_tags(tags)?;
    Ok(NewEntry { key, value, ttl: ttl(ttl_s)?, tags })
}

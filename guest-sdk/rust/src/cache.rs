//! Short-lived values of this module, shared between its calls. Grant: `cache = true`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Result, data, host};

/// # Errors
/// A problem where the grant is missing, or the value is of another type than `T`.
pub fn get<T: DeserializeOwned>(key: &str) -> Result<Option<T>> {
    match host::cache::get(key)? {
        Some(json) => data::read(&format!("cached value of '{key}'"), &json).map(Some),
        None => Ok(None),
    }
}

/// Keeps a value for so many seconds; `tags` let [`flush`] forget it earlier.
///
/// # Errors
/// A problem where the grant is missing or the cache is full.
pub fn set<T: Serialize + ?Sized>(key: &str, value: &T, ttl_s: u32, tags: &[&str]) -> Result<()> {
    let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Ok(host::cache::set(key, &data::write(value)?, ttl_s, &tags)?)
}

/// Keeps a value only where the key has none; false where it has.
///
/// # Errors
/// See [`set`].
pub fn add<T: Serialize + ?Sized>(key: &str, value: &T, ttl_s: u32) -> Result<bool> {
    Ok(host::cache::add(key, &data::write(value)?, ttl_s)?)
}

/// Adds to a counter and returns it; a key that is not there counts from 0.
///
/// # Errors
/// See [`set`].
pub fn increment(key: &str, by: i64, ttl_s: u32) -> Result<i64> {
    Ok(host::cache::increment(key, by, ttl_s)?)
}

/// # Errors
/// See [`set`].
pub fn forget(key: &str) -> Result<()> {
    Ok(host::cache::forget(key)?)
}

/// Forgets everything that was set with the tag.
///
/// # Errors
/// See [`set`].
pub fn flush(tag: &str) -> Result<()> {
    Ok(host::cache::flush(tag)?)
}

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

/// The value of `key`; where there is none, what `make` gives, kept for so many seconds. An error of `make` is not kept.
///
/// ```
/// use caisson_guest::{Result, cache};
/// # use caisson_guest::testing::{Host, reply};
/// use caisson_guest::http::Client;
///
/// fn regions() -> Result<Vec<String>> {
///     cache::remember("regions", 3600, || Client::from_setting("api_base")?.get("v1/regions").send()?.json())
/// }
/// # let host = Host::install();
/// # host.setting("api_base", "https://api.example.com");
/// # host.on_http(|_| Ok(reply(200, r#"["eu","us"]"#)));
///
/// assert_eq!(regions()?, regions()?);
/// # assert_eq!(host.requests().len(), 1);
/// # Result::<()>::Ok(())
/// ```
///
/// # Errors
/// That of `make`; else see [`set`].
pub fn remember<T: Serialize + DeserializeOwned>(
    key: &str,
    ttl_s: u32,
    make: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if let Some(value) = get(key)? {
        return Ok(value);
    }
    let value = make()?;
    set(key, &value, ttl_s, &[])?;
    Ok(value)
}

/// Keeps a value only where the key has none; false where it has.
///
/// # Errors
/// See [`set`].
pub fn add<T: Serialize + ?Sized>(key: &str, value: &T, ttl_s: u32) -> Result<bool> {
    Ok(host::cache::add(key, &data::write(value)?, ttl_s)?)
}

/// Adds to a counter and returns it. A key that is not there counts from 0 and is kept for so many seconds; one that is there
/// keeps its time.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Problem;
    use crate::testing::Host;

    #[test]
    fn what_is_remembered_is_made_once_and_errors_are_not_kept() {
        let _host = Host::install();
        let failed = remember::<u32>("n", 60, || Err(Problem::unavailable("not now")));
        assert_eq!(failed.unwrap_err().code, 503);
        assert_eq!(remember("n", 60, || Ok(7_u32)).unwrap(), 7);
        assert_eq!(remember::<u32>("n", 60, || Err(Problem::unavailable("not asked"))).unwrap(), 7);
    }

    #[test]
    fn a_counter_keeps_its_tags_and_only_integers_count() {
        let _host = Host::install();
        set("n", &1, 60, &["t"]).unwrap();
        assert_eq!(increment("n", 2, 60).unwrap(), 3);
        flush("t").unwrap();
        assert_eq!(get::<i64>("n").unwrap(), None);
        set("word", "a", 60, &[]).unwrap();
        assert_eq!(increment("word", 1, 60).unwrap_err().code, 500);
    }

    #[test]
    fn nothing_is_kept_for_no_time() {
        let _host = Host::install();
        assert_eq!(set("a", &1, 0, &[]).unwrap_err().code, 500);
        assert_eq!(get::<u32>("a").unwrap(), None);
    }
}

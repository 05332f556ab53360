//! What the module was configured with: keys of the manifest's `[config]`, and settings under `settings.<key>`.

use serde::de::DeserializeOwned;

use crate::{Problem, Result, data, host};

/// The value of a key, or none where nothing is set. Secret settings always answer none: their values stay with the host,
/// which puts them into requests for you (see [`crate::http::Client::bearer_setting`]).
///
/// # Errors
/// A problem where the value is of another type than `T`.
pub fn get<T: DeserializeOwned>(key: &str) -> Result<Option<T>> {
    match host::config::get(key) {
        Some(json) => data::read(&format!("configuration of '{key}'"), &json),
        None => Ok(None),
    }
}

/// The value of a key that the module cannot do without.
///
/// # Errors
/// 424 that names the key where nothing is set.
pub fn require<T: DeserializeOwned>(key: &str) -> Result<T> {
    get(key)?.ok_or_else(|| {
        let name = key.strip_prefix("settings.").unwrap_or(key);
        Problem::not_configured(format!("The setting '{name}' of this module is missing."))
    })
}

/// Whether a value is set, secret or not.
#[must_use]
pub fn has(key: &str) -> bool {
    host::config::has(key)
}

//! What a module may keep, and for how long.

use std::time::Duration;

use caisson_storage::cache::Quota;
use serde::de::IgnoredAny;

/// Of one module.
pub(super) const QUOTA: Quota = Quota { entries: 10_000, bytes: 16 * 1024 * 1024 };
const VALUE_MAX: usize = 256 * 1024;
const NAME_MAX: usize = 255;
const TAGS_MAX: usize = 16;
const TTL_MAX_S: u32 = 30 * 24 * 3_600;

/// A key or a tag, which `what` says.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > NAME_MAX {
        return Err(format!("a {what} has 1 to {NAME_MAX} bytes, not {}", name.len()));
    }
    if name.chars().any(char::is_control) {
        return Err(format!("the {what} '{}' holds control characters", name.escape_debug()));
    }
    Ok(())
}

pub(super) fn check_value(key: &str, value: &str) -> Result<(), String> {
    if value.len() > VALUE_MAX {
        return Err(format!("the value of '{key}' has {} bytes; at most {VALUE_MAX} are kept", value.len()));
    }
    serde_json::from_str::<IgnoredAny>(value)
        .map(drop)
        .map_err(|error| format!("the value of '{key}' is not JSON: {error}"))
}

pub(super) fn check_tags(tags: &[String]) -> Result<(), String> {
    if tags.len() > TAGS_MAX {
        return Err(format!("a value has at most {TAGS_MAX} tags, not {}", tags.len()));
    }
    tags.iter().try_for_each(|tag| check_name("tag", tag))
}

pub(super) fn ttl(seconds: u32) -> Result<Duration, String> {
    if !(1..=TTL_MAX_S).contains(&seconds) {
        return Err(format!("a value is kept for 1 to {TTL_MAX_S} seconds, not {seconds}"));
    }
    Ok(Duration::from_secs(seconds.into()))
}

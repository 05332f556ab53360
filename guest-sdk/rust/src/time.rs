//! The time of day.

use crate::host;

/// Milliseconds since the Unix epoch, UTC, as the host's clock has it.
///
/// The target has no clock of its own; the host's version 7 UUIDs begin with the time (RFC 9562, section 5.7).
#[must_use]
pub fn now() -> u64 {
    let hex: String = host::crypto::uuid().chars().filter(|c| *c != '-').take(12).collect();
    u64::from_str_radix(&hex, 16).unwrap_or(0)
}

//! How providers sign what they send.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Unix time in seconds.
pub fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

/// HMAC-SHA256 in hexadecimal.
pub fn sign(secret: &str, parts: &[&[u8]]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    mac.map_or_else(
        |_| String::new(),
        |mut mac| {
            parts.iter().for_each(|part| mac.update(part));
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

//! Keys, digests and randomness, all made by the host.

use crate::{Result, host};

pub use crate::host::crypto::Algorithm;

/// Seals bytes under a key of this module alone.
///
/// # Errors
/// 429 where the call's budget is used up; so do all functions here.
pub fn encrypt(plain: &[u8]) -> Result<Vec<u8>> {
    Ok(host::crypto::encrypt(plain)?)
}

/// Opens what [`encrypt`] sealed.
///
/// # Errors
/// 500 where the bytes were altered or another module sealed them.
pub fn decrypt(sealed: &[u8]) -> Result<Vec<u8>> {
    Ok(host::crypto::decrypt(sealed)?)
}

/// # Errors
/// See [`encrypt`].
pub fn digest(algorithm: Algorithm, bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(host::crypto::digest(algorithm, bytes)?)
}

/// A keyed digest; `setting` is the key of the secret setting that holds the key.
///
/// # Errors
/// 424 where that setting is empty.
pub fn hmac(algorithm: Algorithm, setting: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(host::crypto::hmac(algorithm, setting, bytes)?)
}

/// Compares in constant time.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    host::crypto::equal(a, b)
}

/// At most 4096 random bytes.
///
/// # Errors
/// See [`encrypt`].
pub fn random(length: u32) -> Result<Vec<u8>> {
    Ok(host::crypto::random(length)?)
}

/// A password of 8 to 128 characters, each kind of character in it, none that look alike.
///
/// # Errors
/// See [`encrypt`].
pub fn password(length: u32) -> Result<String> {
    Ok(host::crypto::password(length)?)
}

/// A name of `length` characters that a person can read out: `prefix`, then random lower-case letters and digits.
///
/// # Errors
/// See [`encrypt`].
pub fn name(prefix: &str, length: usize) -> Result<String> {
    // 32 characters, so that a byte chooses among them evenly; the ones that look alike are left out.
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let wanted = length.saturating_sub(prefix.len());
    let bytes = random(u32::try_from(wanted).unwrap_or(u32::MAX))?;
    let tail = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    Ok(prefix.chars().chain(tail).collect())
}

/// A fresh UUID, in the order of time.
#[must_use]
pub fn uuid() -> String {
    host::crypto::uuid()
}

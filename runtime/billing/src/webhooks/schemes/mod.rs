//! How gateways and other providers prove that a callback is theirs. Each scheme is a pure function of the request, the secret and the time.

mod basic;
mod hmac;
mod sign;
mod standard;
mod stripe;
mod twilio;

use ::hmac::{Hmac, KeyInit as _, Mac as _};
use caisson_types::manifest::WebhookScheme;
use caisson_types::{Secret, Timestamp};
use sha2::{Digest as _, Sha256};

use super::Received;

/// Why a request is not the gateway's. The words are for staff; whoever sent it is told less.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It lacks what the scheme needs.
    #[error("{0}")]
    Malformed(String),
    /// It has all that, and it is wrong.
    #[error("{0}")]
    Wrong(&'static str),
    /// Nothing can be verified yet.
    #[error("the secret setting '{0}' is empty or cannot be used, so that nothing can be verified")]
    NoSecret(String),
}

type Result<T> = std::result::Result<T, Unverified>;

/// Verifies a request and gives the name by which this delivery is known: made of what was proven, so that whatever else is
/// changed about a copy, it stays the same delivery.
pub(super) fn verify(
    scheme: &WebhookScheme,
    secret: Option<&Secret<String>>,
    request: &Received,
    now: Timestamp,
) -> Result<String> {
    let no_secret = || Unverified::NoSecret(scheme.secret().to_owned());
    let secret = secret.map(|secret| secret.expose().trim()).filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(no_secret)?;
    match scheme {
        WebhookScheme::HmacSha256(scheme) => hmac::verify(scheme, secret, request, now),
        WebhookScheme::StandardWebhooks(scheme) => {
            let key = standard::key(secret).ok_or_else(no_secret)?;
            standard::verify(scheme, &key, request, now)
        }
        WebhookScheme::Stripe(scheme) => stripe::verify(scheme, secret, request, now),
        WebhookScheme::Sha384Sign(scheme) => sign::verify(scheme, secret, request),
        WebhookScheme::Twilio(_) => twilio::verify(secret, request),
        WebhookScheme::Basic(scheme) => basic::verify(&scheme.user, secret, request),
    }
}

const MISMATCH: Unverified = Unverified::Wrong("the signature is not that of this body and secret");

/// The header that the scheme needs.
fn header<'r>(request: &'r Received, name: &str) -> Result<&'r str> {
    let missing = || Unverified::Malformed(format!("the header {name} is missing, or there twice"));
    request.header(name).map(str::trim).ok_or_else(missing)
}

/// The body, which is what is signed: a request without one proves nothing about its query.
fn body(request: &Received) -> Result<&[u8]> {
    if request.body.is_empty() {
        return Err(Unverified::Malformed("the body, which is what is signed, is empty".to_owned()));
    }
    Ok(&request.body)
}

/// Whether a signed Unix time in seconds lies near enough, in both directions.
fn check_time(text: &str, tolerance_s: u32, now: Timestamp) -> Result<()> {
    let plain = !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let at = if plain { text.parse::<i64>().ok() } else { None };
    let at = at.ok_or_else(|| Unverified::Malformed("the signed time is not in Unix seconds".to_owned()))?;
    if (now.0 / 1_000).abs_diff(at) <= u64::from(tolerance_s) {
        Ok(())
    } else {
        Err(Unverified::Wrong("the signed time is too long ago, or lies in the future"))
    }
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Result<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.map_err(|_| Unverified::Wrong("the secret cannot be a key"))?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac)
}

/// Whether any of the signatures is that of the parts; each is compared in constant time, and all of them.
fn signed_by(key: &[u8], parts: &[&[u8]], signatures: &[Vec<u8>]) -> Result<bool> {
    let mac = keyed(key, parts)?;
    Ok(signatures.iter().fold(false, |found, signature| mac.clone().verify_slice(signature).is_ok() | found))
}

/// Names a delivery by a digest. Lengths come before the parts, so that moving a letter from one to the next changes it.
fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    format!("sha256:{}", hex::encode(hasher.finalize()))
}

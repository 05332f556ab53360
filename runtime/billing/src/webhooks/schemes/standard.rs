//! Standard Webhooks (www.standardwebhooks.com): an id, a time and the body, signed with one or more keys.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use caisson_types::Timestamp;
use caisson_types::manifest::SecretWebhook;

use super::{MISMATCH, Received, Result, Unverified, body, check_time, header, signed_by};

/// Stands before the secret as gateways show it.
const PREFIX: &str = "whsec_";
const ID_MAX: usize = 200;
/// Signatures of one request: gateways change their keys one at a time.
const SIGNATURES_MAX: usize = 10;

/// The key that a secret stands for, if it does.
pub(super) fn key(secret: &str) -> Option<Vec<u8>> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).ok()?;
    (!key.is_empty()).then_some(key)
}

pub(super) fn verify(
    scheme: &SecretWebhook,
    key: &[u8],
    request: &Received,
    now: Timestamp,
) -> Result<String> {
    let (id, time) = (header(request, "webhook-id")?, header(request, "webhook-timestamp")?);
    // Neither may hold the dot between them, or one text would be two requests.
    let plain = |text: &str| {
        (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'.')
    };
    if !plain(id) {
        return Err(Unverified::Malformed(format!(
            "webhook-id has 1 to {ID_MAX} plain characters without a dot"
        )));
    }
    let given = header(request, "webhook-signature")?;
    let signatures: Vec<_> = given
        .split(' ')
        .filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix("v1,")?).ok())
        .take(SIGNATURES_MAX)
        .collect();
    if signatures.is_empty() {
        return Err(Unverified::Malformed("webhook-signature holds no 'v1,' and Base64".to_owned()));
    }
    let signed: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body(request)?];
    if !signed_by(key, &signed, &signatures)? {
        return Err(MISMATCH);
    }
    check_time(time, scheme.tolerance_s, now)?;
    Ok(format!("id:{id}"))
}

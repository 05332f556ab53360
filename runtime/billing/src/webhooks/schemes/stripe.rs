//! `Stripe-Signature: t=…,v1=…[,v1=…]`: the time and the body, signed with one or more secrets.

use caisson_types::Timestamp;
use caisson_types::manifest::SecretWebhook;
use serde::Deserialize;

use super::{MISMATCH, Received, Result, Unverified, body, check_time, digest, header, signed_by};

const ID_MAX: usize = 200;
const SIGNATURES_MAX: usize = 10;

pub(super) fn verify(
    scheme: &SecretWebhook,
    secret: &str,
    request: &Received,
    now: Timestamp,
) -> Result<String> {
    let malformed = || Unverified::Malformed("stripe-signature is not t=… and v1=…".to_owned());
    let body = body(request)?;
    let given = header(request, "stripe-signature")?;
    let values = |key: &'static str| {
        given
            .split(',')
            .filter_map(move |part| part.trim().split_once('='))
            .filter(move |(name, _)| *name == key)
    };
    let mut times = values("t").map(|(_, time)| time);
    let (Some(time), None) = (times.next(), times.next()) else { return Err(malformed()) };
    let signatures: Vec<_> =
        values("v1").filter_map(|(_, one)| hex::decode(one).ok()).take(SIGNATURES_MAX).collect();
    if signatures.is_empty() {
        return Err(malformed());
    }
    let signed: [&[u8]; 3] = [time.as_bytes(), b".", body];
    if !signed_by(secret.as_bytes(), &signed, &signatures)? {
        return Err(MISMATCH);
    }
    check_time(time, scheme.tolerance_s, now)?;
    Ok(event_id(body).unwrap_or_else(|| digest(&signed)))
}

/// The event's own id, which stays the same when it is sent again with another time.
fn event_id(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Event {
        id: String,
    }
    let event: Event = serde_json::from_slice(body).ok()?;
    (1..=ID_MAX).contains(&event.id.len()).then(|| format!("id:{}", event.id))
}

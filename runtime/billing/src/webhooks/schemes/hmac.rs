//! HMAC-SHA256 over the body, or over a time and the body, in a header of the gateway's choice.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use caisson_types::Timestamp;
use caisson_types::manifest::{Encoding, HmacWebhook, Signed};

use super::{MISMATCH, Received, Result, Unverified, body, check_time, digest, header, signed_by};

pub(super) fn verify(
    scheme: &HmacWebhook,
    secret: &str,
    request: &Received,
    now: Timestamp,
) -> Result<String> {
    let body = body(request)?;
    let given = header(request, &scheme.signature_header)?;
    let signature = given.strip_prefix(scheme.prefix.as_str()).and_then(|text| match scheme.encoding {
        Encoding::Hex => hex::decode(text).ok(),
        Encoding::Base64 => BASE64_STANDARD.decode(text).ok(),
    });
    let signature = signature.ok_or_else(|| {
        let name = &scheme.signature_header;
        Unverified::Malformed(format!("the header {name} is not '{}' and {}", scheme.prefix, scheme.encoding))
    })?;
    let time = match (&scheme.timestamp_header, scheme.signed) {
        (Some(name), Signed::TimestampAndBody) => Some(header(request, name)?),
        _ => None,
    };
    let signed: Vec<&[u8]> = match time {
        Some(time) => vec![time.as_bytes(), b".", body],
        None => vec![body],
    };
    if !signed_by(secret.as_bytes(), &signed, &[signature])? {
        return Err(MISMATCH);
    }
    if let Some(time) = time {
        check_time(time, scheme.tolerance_s, now)?;
    }
    Ok(digest(&signed))
}

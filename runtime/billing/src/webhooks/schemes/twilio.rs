//! `X-Twilio-Signature`: HMAC-SHA1 over the address that was called and the form's fields, in the order of their names.

use ::hmac::{Hmac, KeyInit as _, Mac as _};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha1::Sha1;

use super::{MISMATCH, Received, Result, Unverified, digest, header};

pub(super) fn verify(secret: &str, request: &Received) -> Result<String> {
    let malformed = |reason: &str| Unverified::Malformed(reason.to_owned());
    let given = header(request, "x-twilio-signature")?;
    let given = BASE64_STANDARD.decode(given).map_err(|_| malformed("x-twilio-signature is not Base64"))?;
    if !request.body.is_empty() && request.form.is_empty() {
        return Err(malformed("the body is no form, and nothing of it is signed"));
    }
    let mut fields: Vec<_> = request.form.iter().collect();
    fields.sort_unstable();
    fields.dedup();
    let mut signed = request.url.clone();
    for (name, value) in fields {
        signed.push_str(name);
        signed.push_str(value);
    }
    let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes());
    let mut mac = mac.map_err(|_| Unverified::Wrong("the secret cannot be a key"))?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&given).map_err(|_| MISMATCH)?;
    // Nothing stands between names and values: however they are cut, what was signed is one delivery.
    Ok(digest(&[signed.as_bytes()]))
}

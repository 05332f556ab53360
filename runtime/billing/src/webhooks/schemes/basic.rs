//! HTTP Basic. It proves who calls: what is said is taken on trust, and the whole of it names the delivery.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Received, Result, Unverified, digest, header};

pub(super) fn verify(user: &str, secret: &str, request: &Received) -> Result<String> {
    let malformed = || Unverified::Malformed("the header authorization is not Basic".to_owned());
    let given = header(request, "authorization")?;
    let (scheme, encoded) = given.split_once(' ').ok_or_else(malformed)?;
    let decoded =
        BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
    let decoded = decoded.ok_or_else(malformed)?;
    // Digests have one length, whatever was guessed.
    let (given, expected) = (Sha256::digest(&decoded), Sha256::digest(format!("{user}:{secret}")));
    if !bool::from(given.as_slice().ct_eq(expected.as_slice())) {
        return Err(Unverified::Wrong("the user or the password is wrong"));
    }
    let mut said: Vec<&[u8]> = vec![&request.body];
    for (name, value) in &request.query {
        said.extend([name.as_bytes(), value.as_bytes()]);
    }
    Ok(digest(&said))
}

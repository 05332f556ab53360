//! A package comes: from an address that is asked once, or from a registry, by the protocol of the Open Container Initiative.

mod error;
mod registry;

use caisson_capabilities::http::egress::{Egress, Response};
use caisson_package::archive::MAX_ARCHIVE_BYTES;
use caisson_package::signature::{EXTENSION, MAX_SIGNATURE_BYTES};
use url::Url;

pub use error::FetchError;

use crate::credentials::Credentials;
use crate::source::{Digest, Source};
use crate::wire::{Ask, Wire};

/// A package as it came, held against its digest and not otherwise looked at.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub package: Vec<u8>,
    /// The text of the `.minisig` file, where there was one.
    pub signature: Option<String>,
}

/// Fetches a package, with the signature that belongs to it. An egress decides what may be reached.
///
/// # Errors
/// Why it did not come, and what to do about it.
pub async fn fetch(
    egress: &Egress,
    source: &Source,
    credentials: Option<&Credentials>,
) -> Result<Fetched, FetchError> {
    let wire = Wire::new(egress);
    match source {
        Source::Address { url, digest } => address(&wire, url, digest).await,
        Source::Registry { at, digest } => registry::pull(&wire, at, digest.as_ref(), credentials).await,
    }
}

async fn address(wire: &Wire<'_>, url: &Url, digest: &Digest) -> Result<Fetched, FetchError> {
    let ask = |url: Url, max: usize| Ask { url, accept: "*/*", authorization: None, max_bytes: max as u64 };
    let answer = wire.get(ask(url.clone(), MAX_ARCHIVE_BYTES)).await?;
    let package = match answer.status {
        200 => answer.body.to_vec(),
        404 | 410 => return Err(FetchError::NotThere(url.to_string())),
        status => return Err(FetchError::Status { from: url.to_string(), status }),
    };
    matches(&package, digest, url.as_str())?;
    let mut beside = url.clone();
    beside.set_path(&format!("{}.{EXTENSION}", url.path()));
    let answer = wire.get(ask(beside.clone(), MAX_SIGNATURE_BYTES)).await?;
    let signature = match answer.status {
        200 => Some(text(&answer, beside.as_str())?),
        // Stores that do not let strangers list them say that they forbid what is not there.
        403 | 404 | 410 => None,
        status => return Err(FetchError::Status { from: beside.to_string(), status }),
    };
    Ok(Fetched { package, signature })
}

fn matches(bytes: &[u8], expected: &Digest, from: &str) -> Result<(), FetchError> {
    let found = Digest::of(bytes);
    if found == *expected {
        return Ok(());
    }
    Err(FetchError::OtherBytes { from: from.to_owned(), expected: expected.clone(), found })
}

fn text(answer: &Response, from: &str) -> Result<String, FetchError> {
    std::str::from_utf8(&answer.body).map(str::to_owned).map_err(|_| FetchError::Signature(from.to_owned()))
}

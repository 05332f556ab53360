//! Signatures of packages: who vouches for exactly these bytes.
//!
//! A signature is a file of its own, `<name>.caisson.minisig`, in the format of minisign: Ed25519 over the BLAKE2b hash of the
//! whole archive. Its trusted comment, which a second signature covers, says which package it is for ([`claims`]), so that a
//! genuine signature cannot be shown beside another name or version.
//!
//! What is written here minisign reads, and the other way round. Two things are stricter than minisign: a file has four lines in
//! canonical base64 and nothing after them, so that no byte of it but the untrusted comment can change unseen; and the legacy
//! form is refused. That one signs the file itself with the same key and nothing that tells the two forms apart, so a signature
//! over a hash is also a legacy signature over a file that consists of the hash.

mod claims;
mod error;
mod public_key;
mod secret_key;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use claims::Claims;
pub use error::{SignatureError, SigningError};
pub use public_key::{PublisherKey, Verified};
pub use secret_key::{KeyPair, SigningKey};

/// What stands after a package's file name.
pub const EXTENSION: &str = "minisig";

/// Bytes of a signature file; minisign itself writes at most 10 KiB.
pub const MAX_SIGNATURE_BYTES: usize = 16 << 10;

/// Characters of a trusted comment that is stored and shown.
const MAX_COMMENT_CHARS: usize = 1_024;

/// Algorithm of signatures over a hash, and of those over the file itself.
const PREHASHED: [u8; 2] = *b"ED";
const LEGACY: [u8; 2] = *b"Ed";

/// The number that names a key, as minisign prints it: 16 hexadecimal digits. It finds a key; it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A signature that was read, and of which nothing is known yet but the key it names.
#[derive(Clone)]
pub struct Signature {
    inner: minisign_verify::Signature,
    key_id: KeyId,
}

impl Signature {
    /// Reads the text of a `.minisig` file.
    ///
    /// # Errors
    /// Where it is not one, or of the legacy form.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let unreadable = SignatureError::Unreadable;
        if text.len() > MAX_SIGNATURE_BYTES {
            return Err(unreadable("it is longer than 16 KiB"));
        }
        let lines: Vec<&str> = text.lines().collect();
        let [untrusted, signature, comment, global] = lines[..] else {
            return Err(unreadable("it does not have four lines"));
        };
        if !untrusted.starts_with("untrusted comment: ") {
            return Err(unreadable("its first line is no untrusted comment"));
        }
        let comment = comment.strip_prefix("trusted comment: ");
        let comment = comment.ok_or(unreadable("its third line is no trusted comment"))?;
        if comment.chars().count() > MAX_COMMENT_CHARS || comment.chars().any(|c| c.is_control() && c != '\t')
        {
            return Err(unreadable("its trusted comment is too long, or not plain text"));
        }
        let (algorithm, key_id) = keyed::<74>(signature).ok_or(unreadable("its second line is damaged"))?;
        match algorithm {
            PREHASHED => {}
            LEGACY => return Err(SignatureError::Legacy),
            _ => return Err(unreadable("it is of an unknown kind")),
        }
        if decoded::<64>(global).is_none() {
            return Err(unreadable("its fourth line is damaged"));
        }
        let inner = minisign_verify::Signature::decode(text).map_err(|_| unreadable("it is damaged"))?;
        Ok(Self { inner, key_id })
    }

    /// The key that it names. Whether that key made it is not known before [`PublisherKey::verify`].
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }
}

/// Bytes in canonical base64, if they are so many.
fn decoded<const N: usize>(line: &str) -> Option<[u8; N]> {
    STANDARD.decode(line).ok()?.try_into().ok()
}

/// Algorithm and key id of a line that begins with them.
fn keyed<const N: usize>(line: &str) -> Option<([u8; 2], KeyId)> {
    let bytes = decoded::<N>(line)?;
    let algorithm = bytes.first_chunk::<2>()?;
    let id = bytes.get(2..)?.first_chunk::<8>()?;
    Some((*algorithm, KeyId(*id)))
}

#[cfg(test)]
mod tests;

//! A publisher's public key, and what it proves.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::claims::Claims;
use super::error::SignatureError;
use super::{KeyId, LEGACY, Signature, keyed};
use crate::Package;

/// An Ed25519 key as minisign writes it. `Display` gives the one line of base64 that [`FromStr`] takes.
#[derive(Clone, PartialEq, Eq)]
pub struct PublisherKey {
    inner: minisign_verify::PublicKey,
    id: KeyId,
    line: String,
}

/// A signature that its key did make over the bytes; only such a one can be asked what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    comment: String,
}

impl PublisherKey {
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Proves that whoever holds the key signed exactly `bytes`. Whether that is good for this package says
    /// [`Verified::fits`].
    ///
    /// # Errors
    /// Where another key, or nobody, signed them.
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> Result<Verified, SignatureError> {
        if signature.key_id != self.id {
            return Err(SignatureError::OtherKey { signed: signature.key_id, given: self.id });
        }
        self.inner.verify(bytes, &signature.inner, false).map_err(|_| SignatureError::Wrong)?;
        Ok(Verified { comment: signature.inner.trusted_comment().to_owned() })
    }
}

impl Verified {
    /// The trusted comment.
    #[must_use]
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Whether the signature was made for this package: its name, its version, its bytes.
    ///
    /// # Errors
    /// What it was made for instead.
    pub fn fits(&self, package: &Package) -> Result<(), SignatureError> {
        Claims::of(package).check(&self.comment)
    }
}

impl FromStr for PublisherKey {
    type Err = SignatureError;

    /// Takes a `.pub` file, or its line of base64 alone.
    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (first, second) = (lines.next().ok_or(SignatureError::NotAKey)?, lines.next());
        let line = match second {
            Some(key) if first.starts_with("untrusted comment:") => key,
            None => first,
            Some(_) => return Err(SignatureError::NotAKey),
        };
        let (algorithm, id) = keyed::<42>(line).ok_or(SignatureError::NotAKey)?;
        if algorithm != LEGACY || lines.next().is_some() {
            return Err(SignatureError::NotAKey);
        }
        let inner = minisign_verify::PublicKey::from_base64(line).map_err(|_| SignatureError::NotAKey)?;
        let line = STANDARD.encode(STANDARD.decode(line).map_err(|_| SignatureError::NotAKey)?);
        Ok(Self { inner, id, line })
    }
}

impl fmt::Display for PublisherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl fmt::Debug for PublisherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublisherKey({})", self.id)
    }
}

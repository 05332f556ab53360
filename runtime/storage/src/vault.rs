//! Secrets at rest. No I/O but for the key file.
//!
//! A sealed value is one byte of version, 24 bytes of nonce, and the XChaCha20-Poly1305 ciphertext. Its key is derived
//! from the master key for the purpose (HKDF-SHA256), and the purpose is authenticated with it: a value copied to
//! another row or column does not open.

use caisson_types::Secret;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

pub use crate::key_file::{KeyFileError, load_or_create};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// Keys derived here are this program's, whatever else the master key is used for.
const SALT: &[u8] = b"caisson vault 1";

/// Why a value does not open. It does not say how close the guess was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the master key must have 32 bytes")]
    Key,
    #[error("the sealed value has a form that this version does not know")]
    Form,
    #[error("the sealed value was changed, belongs elsewhere, or was sealed with another master key")]
    Sealed,
}

/// Seals and opens with keys of one master key.
#[derive(Debug)]
pub struct Vault {
    master: Secret<Vec<u8>>,
}

impl Vault {
    /// # Errors
    /// [`VaultError::Key`] when `master` does not have 32 bytes.
    pub fn new(master: Secret<Vec<u8>>) -> Result<Self, VaultError> {
        if master.expose().len() == KEY_BYTES { Ok(Self { master }) } else { Err(VaultError::Key) }
    }

    /// Seals for one purpose, such as `service-data:<id>`. Twice the same gives two different values.
    #[must_use]
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let nonce = rand::random::<[u8; NONCE_BYTES]>();
        let aad = purpose.as_bytes();
        let sealed = self.cipher(purpose).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad });
        // Encryption is refused for inputs of 256 GiB and more only, and then nothing is what must be stored.
        let ciphertext = sealed.unwrap_or_default();
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&ciphertext);
        out
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`VaultError::Form`] or [`VaultError::Sealed`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        let (&version, rest) = sealed.split_first().ok_or(VaultError::Form)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Form)?;
        if version != VERSION {
            return Err(VaultError::Form);
        }
        let payload = Payload { msg: ciphertext, aad: purpose.as_bytes() };
        let opened = self.cipher(purpose).decrypt(&XNonce::from(*nonce), payload);
        opened.map(Secret::new).map_err(|_| VaultError::Sealed)
    }

    /// A key for something else, such as a MAC. Never one that seals.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Secret<[u8; KEY_BYTES]> {
        self.expand(b"derive", purpose)
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.expand(b"seal", purpose).expose().into())
    }

    fn expand(&self, use_of_key: &[u8], purpose: &str) -> Secret<[u8; KEY_BYTES]> {
        let mut key = [0; KEY_BYTES];
        let hkdf = Hkdf::<Sha256>::new(Some(SALT), self.master.expose());
        let expanded = hkdf.expand_multi_info(&[use_of_key, b":", purpose.as_bytes()], &mut key);
        debug_assert!(expanded.is_ok(), "HKDF gives up to 8,160 bytes");
        Secret::new(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::new(Secret::new(vec![byte; KEY_BYTES])).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_only() {
        let vault = vault(1);
        let sealed = vault.seal("settings:a", b"hunter2");
        assert_eq!(vault.open("settings:a", &sealed).unwrap().expose(), b"hunter2");
        assert_eq!(vault.open("settings:b", &sealed), Err(VaultError::Sealed));
        assert_eq!(self::vault(2).open("settings:a", &sealed), Err(VaultError::Sealed));
        assert_ne!(sealed, vault.seal("settings:a", b"hunter2"), "every nonce is fresh");
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
    }

    #[test]
    fn a_flipped_bit_anywhere_is_noticed() {
        let vault = vault(1);
        let sealed = vault.seal("p", b"secret");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(vault.open("p", &changed).is_err(), "byte {index}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open("p", &sealed[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_derived_key_belongs_to_its_purpose() {
        let vault = vault(1);
        assert_eq!(vault.derive("a"), vault.derive("a"));
        assert_ne!(vault.derive("a"), vault.derive("b"));
        assert_ne!(vault.derive("a"), vault.expand(b"seal", "a"));
        assert_eq!(Vault::new(Secret::new(vec![0; 31])).unwrap_err(), VaultError::Key);
    }
}

//! A publisher's secret key: made, kept under a password, used.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use caisson_types::Secret;
use minisign::{PublicKey, SecretKey, SecretKeyBox};

use super::claims::Claims;
use super::error::SigningError;
use super::public_key::PublisherKey;
use crate::Package;

/// Longest password, minisign's own bound.
const MAX_PASSWORD_BYTES: usize = 1_024;

/// Bytes of a secret key, and those of them that say how it is encrypted.
const LENGTH: usize = 158;
const KDF: std::ops::Range<usize> = 2..4;
const NO_KDF: [u8; 2] = [0, 0];

/// A new pair as two files' texts; the secret half is encrypted.
pub struct KeyPair {
    pub public: PublisherKey,
    public_file: String,
    secret_file: Secret<String>,
}

fn failed(error: impl std::fmt::Display) -> SigningError {
    SigningError::Failed(error.to_string())
}

impl KeyPair {
    /// Makes a key. Deriving its encryption from the password takes a moment on purpose.
    ///
    /// # Errors
    /// Without a password.
    pub fn generate(password: &Secret<String>) -> Result<Self, SigningError> {
        if !(1..=MAX_PASSWORD_BYTES).contains(&password.expose().len()) {
            return Err(SigningError::NoPassword);
        }
        let pair =
            minisign::KeyPair::generate_encrypted_keypair(Some(password.expose().clone())).map_err(failed)?;
        let public_file = pair.pk.to_box().map_err(failed)?.into_string();
        let secret = pair.sk.to_box(Some("caisson encrypted secret key")).map_err(failed)?.into_string();
        let public = public_file.parse().map_err(failed)?;
        Ok(Self { public, public_file, secret_file: Secret::new(secret) })
    }

    /// Writes `<base>.key`, which only its owner can read, and `<base>.pub`. What is there is never overwritten.
    ///
    /// # Errors
    /// The file that is there already, or cannot be written.
    pub fn save(&self, base: &Path) -> Result<(PathBuf, PathBuf), SigningError> {
        let named = |extension: &str| {
            let mut name = base.as_os_str().to_owned();
            name.push(".");
            name.push(extension);
            PathBuf::from(name)
        };
        let (secret, public) = (named("key"), named("pub"));
        if public.exists() {
            return Err(SigningError::Exists(public));
        }
        write_new(&secret, 0o600, self.secret_file.expose())?;
        write_new(&public, 0o644, &self.public_file).inspect_err(|_| {
            std::fs::remove_file(&secret).ok();
        })?;
        Ok((secret, public))
    }
}

fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), SigningError> {
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    written().map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => SigningError::Exists(path.to_owned()),
        _ => SigningError::Io { path: path.to_owned(), cause },
    })
}

/// A secret key, open.
pub struct SigningKey {
    secret: SecretKey,
    public: PublicKey,
}

impl SigningKey {
    /// Opens a key file of ours or of minisign's. `password` is asked for where the file needs one.
    ///
    /// # Errors
    /// Where it is no secret key, or the password is another.
    pub fn open(
        path: &Path,
        password: impl FnOnce() -> io::Result<Secret<String>>,
    ) -> Result<Self, SigningError> {
        let io = |cause| SigningError::Io { path: path.to_owned(), cause };
        let text = Secret::new(std::fs::read_to_string(path).map_err(io)?);
        let not_a_key = || SigningError::NotAKey(path.to_owned());
        let line = text.expose().lines().nth(1).unwrap_or_default();
        let raw = Secret::new(super::decoded::<LENGTH>(line).ok_or_else(not_a_key)?);
        let secret = if raw.expose()[KDF] == NO_KDF {
            // Not through the crate's own reader: minisign 0.11 writes such keys without the checksum that it asks for. A
            // damaged key shows when its signature is checked against its public half.
            SecretKey::from_bytes(raw.expose()).map_err(|_| not_a_key())?
        } else {
            let boxed = SecretKeyBox::from_string(text.expose()).map_err(|_| not_a_key())?;
            let password = password().map_err(SigningError::NoAnswer)?;
            boxed
                .into_secret_key(Some(password.expose().clone()))
                .map_err(|_| SigningError::Password(path.to_owned()))?
        };
        let public = PublicKey::from_secret_key(&secret).map_err(failed)?;
        Ok(Self { secret, public })
    }

    /// The public half.
    ///
    /// # Errors
    /// Where the key file is damaged.
    pub fn public(&self) -> Result<PublisherKey, SigningError> {
        self.public.to_base64().parse().map_err(failed)
    }

    /// Signs a package, given as it was read and as its bytes. Returns the text of its `.minisig` file.
    ///
    /// # Errors
    /// Where the key is damaged.
    pub fn sign(&self, package: &Package, bytes: &[u8]) -> Result<String, SigningError> {
        self.sign_with(bytes, &Claims::of(package).to_string())
    }

    /// Signs any bytes with any words.
    pub(super) fn sign_with(&self, bytes: &[u8], comment: &str) -> Result<String, SigningError> {
        let untrusted = "signature from caisson secret key";
        minisign::sign(Some(&self.public), &self.secret, bytes, Some(comment), Some(untrusted))
            .map(minisign::SignatureBox::into_string)
            .map_err(failed)
    }
}

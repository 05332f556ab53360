//! Why a signature was refused, or could not be made.

use std::io;
use std::path::PathBuf;

use super::KeyId;

/// A signature or a key that does not do. Each message is one sentence and may be shown to anybody.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    #[error(
        "this is not a signature, since {0}: it is the file ending in .minisig that 'caisson module sign' or minisign wrote beside the package"
    )]
    Unreadable(&'static str),
    #[error(
        "the signature is of minisign's legacy form, which is not accepted; sign the package again with 'caisson module sign' or minisign 0.11"
    )]
    Legacy,
    #[error("the signature was made with key {signed}, and this is key {given}")]
    OtherKey { signed: KeyId, given: KeyId },
    #[error(
        "package and signature do not fit together: one of them was changed, or the signature is of another file; get both again from the publisher"
    )]
    Wrong,
    #[error(
        "the signature's trusted comment does not say once which {name} it is for; sign with 'caisson module sign', or with minisign -t '{wanted}'"
    )]
    NoClaims { name: &'static str, wanted: String },
    #[error(
        "the signature is for {name} '{said}', and the package's is '{actual}'; get the signature of this package"
    )]
    OtherPackage { name: &'static str, said: String, actual: String },
    #[error(
        "this is not a minisign public key: paste the file ending in .pub, or its second line, which begins with RW"
    )]
    NotAKey,
}

/// A key that could not be made or used. For whoever holds it.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    #[error("{path} exists already; choose another name, since a key that was overwritten is lost", path = .0.display())]
    Exists(PathBuf),
    #[error("{path} cannot be read or written: {cause}", path = path.display())]
    Io {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{path} is not a secret key; it is the file ending in .key that 'caisson module keygen' or minisign wrote", path = .0.display())]
    NotAKey(PathBuf),
    #[error("the password does not open {path}; try again with the one that it was made with", path = .0.display())]
    Password(PathBuf),
    /// Nobody could be asked.
    #[error(transparent)]
    NoAnswer(io::Error),
    #[error("a key without a password is not made; choose one of 1 to 1024 bytes")]
    NoPassword,
    #[error("the key could not be used: {0}")]
    Failed(String),
}

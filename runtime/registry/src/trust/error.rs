use caisson_package::signature::SignatureError;
use caisson_types::ModuleKey;
use semver::Version;

/// Why a package may not come in, or a publisher not be trusted. Each message may be shown to an administrator.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(
        "the package is not signed, and this panel takes signed ones only; send its .minisig file with it"
    )]
    Unsigned,
    #[error(
        "the package is signed with key {0}, which this panel does not trust; compare it with what its publisher says of it, and add it under Publishers or with 'caisson publisher add'"
    )]
    UnknownKey(String),
    #[error(
        "the package is signed with key {key_id} of {name}, which was revoked; ask the publisher for a package that is signed with another key"
    )]
    Revoked { name: String, key_id: String },
    #[error(
        "{name} is not trusted with {module}; add the key once more with this module among those it may sign"
    )]
    NotForModule { name: String, module: ModuleKey },
    #[error(
        "{module} was signed by {before}, and this package is {now}; if that is as it should be, say so with 'Another publisher' beside the file, or --new-publisher"
    )]
    OtherPublisher { module: ModuleKey, before: String, now: String },
    #[error(
        "{module} {version} is older than {floor}, which already served here; if that is as it should be, say so with 'An older version' beside the file, or --allow-older"
    )]
    Older { module: ModuleKey, version: Version, floor: Version },
    #[error("a publisher's name has 1 to 100 characters, none of them control characters")]
    Name,
    #[error(transparent)]
    Key(SignatureError),
    #[error("the key {0} was revoked here and cannot be trusted again; ask the publisher for a new one")]
    WasRevoked(String),
    #[error("another publisher's key has the number {0} already; ask the publisher for a new one")]
    NumberTaken(String),
    #[error("'{0}' is no module: write * for all, or keys such as product/powerdns")]
    Modules(String),
    #[error("there is no trusted publisher '{0}'; see the list of publishers")]
    UnknownPublisher(String),
}

impl TrustError {
    /// The input of a form that it is about.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::OtherPublisher { .. } => "new_publisher",
            Self::Older { .. } => "allow_older",
            Self::Name => "name",
            Self::Key(_) | Self::WasRevoked(_) | Self::NumberTaken(_) => "key",
            Self::Modules(_) => "modules",
            Self::UnknownPublisher(_) => "publisher",
            Self::Signature(_)
            | Self::Unsigned
            | Self::UnknownKey(_)
            | Self::Revoked { .. }
            | Self::NotForModule { .. } => "signature",
        }
    }
}

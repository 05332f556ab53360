use caisson_distribution::FetchError;
use caisson_package::PackageError;
use caisson_sandbox::{ArtefactError, CallError, LoadError};
use caisson_storage::StorageError;
use caisson_types::{FieldError, ModuleKey};
use semver::Version;

use crate::trust::TrustError;

/// Why something could not be done with a module. Each message may be shown to an administrator.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(
        "{key} {version} is installed already, with other content; give the changed package a new version"
    )]
    OtherBytes { key: ModuleKey, version: Version },
    #[error("there is no module {0}; see the list of installed modules")]
    UnknownModule(ModuleKey),
    #[error("{key} has no installed version {version}")]
    UnknownVersion { key: ModuleKey, version: String },
    #[error("{0} is not active; activate it on its page, or with 'caisson module activate {0}'")]
    NotActive(ModuleKey),
    #[error(
        "{key} {version} waits for approval; decide what it may do on its Permissions page, or with 'caisson module grant {key}'"
    )]
    NotApproved { key: ModuleKey, version: Version },
    #[error("{key} does not ask for '{grant}', so it cannot be granted")]
    NotAsked { key: ModuleKey, grant: String },
    #[error("{key} has no grant '{grant}', so there is nothing to take away")]
    NotGranted { key: ModuleKey, grant: String },
    #[error("{key} is active; deactivate it first")]
    StillActive { key: ModuleKey },
    #[error("{key} has {count} services; move or terminate them first")]
    InUse { key: ModuleKey, count: u64 },
    #[error("{key} has {count} products; delete them first")]
    Sold { key: ModuleKey, count: usize },
    #[error("the module refused: {0}")]
    Refused(#[source] CallError),
    #[error("some fields need another look")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Compile(#[from] ArtefactError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("the panel's database could not do this now")]
    Storage(#[from] StorageError),
    #[error("the package could not be kept on disk")]
    Disk(#[source] std::io::Error),
    #[error("what is stored about {key} cannot be read: {reason}")]
    Corrupt { key: ModuleKey, reason: String },
}

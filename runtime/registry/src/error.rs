use caisson_distribution::FetchError;
use caisson_package::PackageError;
use caisson_sandbox::{ArtefactError, CallError, LoadError};
use caisson_storage::StorageError;
use caisson_storage::tables::TableError;
use caisson_types::{CallId, FieldError, ModuleKey};
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
    #[error("call {0} is not kept; see the list of the module's calls")]
    UnknownCall(CallId),
    #[error("{0} does not serve, so there is nothing to deactivate")]
    ServesNot(ModuleKey),
    #[error("{key} has no version {version} here; install its package first")]
    UnknownVersion { key: ModuleKey, version: String },
    #[error("{0} is not active; activate it on its page, or with 'caisson module activate {0}'")]
    NotActive(ModuleKey),
    #[error(
        "{key} {version} waits for approval; decide what it may do on its Permissions page, or with 'caisson module grant {key}'"
    )]
    NotApproved { key: ModuleKey, version: Version },
    #[error("{key} refuses its settings: {reason} Change them on its Settings page, then activate it")]
    SettingsRefused { key: ModuleKey, reason: String },
    #[error(
        "{key} does not ask for '{grant}', so it cannot be granted; 'caisson module grant {key}' lists what it asks for"
    )]
    NotAsked { key: ModuleKey, grant: String },
    #[error("{key} has no grant '{grant}', so there is nothing to take away")]
    NotGranted { key: ModuleKey, grant: String },
    #[error("{key} {version} serves everything already, so it cannot be a canary")]
    ServesAlready { key: ModuleKey, version: Version },
    #[error(
        "{0} has no canary; begin one with 'caisson module activate {0} --version <version> --canary <percent>'"
    )]
    NoCanary(ModuleKey),
    #[error(
        "nothing served before {key} {version}; activate another version with 'caisson module activate {key} --version <version>'"
    )]
    NothingBefore { key: ModuleKey, version: Version },
    #[error("{key} {version} cannot serve again, since {reason}; install a version that mends it instead")]
    TablesChanged { key: ModuleKey, version: Version, reason: String },
    #[error(
        "{key} {version} has {count} tasks that have not ended; wait for them, or cancel them on its Tasks page"
    )]
    TasksLeft { key: ModuleKey, version: Version, count: u64 },
    #[error("the scenarios of {key} {version} are played just now; wait until they are through")]
    TrialRuns { key: ModuleKey, version: Version },
    #[error("this is not the name of {key}; type '{}' to erase all that it kept", .key.name())]
    OtherName { key: ModuleKey },
    #[error("{key} is active; deactivate it first")]
    StillActive { key: ModuleKey },
    #[error("{key} still has services ({count}); move or terminate them first")]
    InUse { key: ModuleKey, count: u64 },
    #[error("{key} still has products ({count}); delete them first")]
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
    #[error("the module's tables could not be read: {0}")]
    Tables(#[from] TableError),
    #[error("the export could not be written; it takes an empty folder with room on its disk")]
    Export(#[source] std::io::Error),
    #[error("the package could not be kept on disk")]
    Disk(#[source] std::io::Error),
    #[error("what is stored about {key} cannot be read: {reason}")]
    Corrupt { key: ModuleKey, reason: String },
}

impl RegistryError {
    /// Reads a module that is not there as what it is.
    pub(crate) fn module(key: &ModuleKey) -> impl FnOnce(StorageError) -> Self {
        move |error| match error {
            StorageError::Missing => Self::UnknownModule(key.clone()),
            other => other.into(),
        }
    }
}

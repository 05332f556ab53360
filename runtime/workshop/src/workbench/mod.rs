//! A module that is being worked on: each state of its folder becomes a version that serves on its author's own panel.

mod changes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use caisson_package::archive::Extras;
use caisson_package::build::{BuildError, BuildOptions, build_module};
use caisson_package::{PackageError, archive, pack_with};
use caisson_registry::{Exceptions, Registry, RegistryError, Upload};
use caisson_types::ModuleKey;
use caisson_types::manifest::{GrantId, ManifestError};
use semver::{Prerelease, Version};

pub use changes::Changes;

/// Who the panel's audit log names.
const ACTOR: &str = "caisson module dev";
/// Stands before the number of a version that was made here.
const MARK: &str = "dev";

/// Why a state of the folder does not serve; the one before goes on.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("{} cannot be watched: {cause}", folder.display())]
    Watch { folder: PathBuf, cause: notify::Error },
    #[error("the build came to no end")]
    Stopped(#[from] tokio::task::JoinError),
}

/// A state of the folder that serves.
#[derive(Clone, Debug)]
pub struct Serving {
    pub key: ModuleKey,
    pub version: Version,
    /// What it may do, though nobody was asked.
    pub granted: Vec<GrantId>,
    pub built_in: Duration,
    /// From the finished component until it served.
    pub swapped_in: Duration,
}

/// One module's folder and the panel that it serves on.
pub struct Workbench {
    folder: PathBuf,
    options: BuildOptions,
    registry: Arc<Registry>,
    /// The package as it would be published.
    last: Vec<u8>,
}

impl Workbench {
    #[must_use]
    pub fn new(folder: PathBuf, options: BuildOptions, registry: Arc<Registry>) -> Self {
        Self { folder, options, registry, last: Vec::new() }
    }

    /// Builds the folder as it is now and lets it serve; nothing where that makes the same package as before.
    ///
    /// # Errors
    /// What is wrong with it. What served before serves on.
    pub async fn turn(&mut self) -> Result<Option<Serving>, WorkbenchError> {
        let began = Instant::now();
        let (folder, options) = (self.folder.clone(), self.options.clone());
        let (component, package) = tokio::task::spawn_blocking(move || {
            let component = build_module(&folder, &options)?.component;
            let package = pack_with(&folder, &component, Extras::default())?;
            Ok::<_, WorkbenchError>((component, package))
        })
        .await??;
        if package == self.last {
            return Ok(None);
        }
        let built_in = began.elapsed();
        let began = Instant::now();
        let serving = self.swap(&component, &package).await?;
        self.last = package;
        Ok(Some(Serving { built_in, swapped_in: began.elapsed(), ..serving }))
    }

    async fn swap(&self, component: &Path, package: &[u8]) -> Result<Serving, WorkbenchError> {
        let manifest = archive::read(package)?.manifest;
        let key = manifest.key();
        let version = self.next(&key, manifest.module.version).await?;
        let package = pack_with(&self.folder, component, Extras { version: Some(&version), sbom: None })?;
        // What its author does with it on a panel of his own needs nobody's leave.
        let exceptions = Exceptions { new_publisher: true, allow_older: true };
        let upload = Upload { package, exceptions, ..Upload::default() };
        let installed = self.registry.install(upload, ACTOR).await?;
        let granted: Vec<GrantId> =
            self.registry.asked(installed.id).await?.into_iter().map(|asked| asked.request.id).collect();
        self.registry.approve(installed.id, &granted, None, ACTOR).await?;
        self.registry.activate(installed.id, ACTOR).await?;
        self.clear(&key).await?;
        Ok(Serving { key, version, granted, built_in: Duration::ZERO, swapped_in: Duration::ZERO })
    }

    /// The version after all that were made of this one.
    async fn next(&self, key: &ModuleKey, stated: Version) -> Result<Version, WorkbenchError> {
        let listed = match self.registry.show(key).await {
            Ok(listed) => listed.versions,
            Err(RegistryError::UnknownModule(_)) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let last = listed.iter().filter_map(|listed| number(&listed.version)).max().unwrap_or(0);
        let before = if stated.pre.is_empty() { String::new() } else { format!("{}.", stated.pre) };
        let pre = Prerelease::new(&format!("{before}{MARK}.{}", last + 1));
        // Made of a valid one and of letters and digits, it is one.
        Ok(Version { pre: pre.unwrap_or_default(), ..stated })
    }

    /// Forgets the versions that were made here and no longer serve; one that has tasks left stays until the next turn.
    async fn clear(&self, key: &ModuleKey) -> Result<(), WorkbenchError> {
        let listed = self.registry.show(key).await?;
        let gone = listed.versions.iter().filter(|version| Some(version.id) != listed.active);
        for version in gone.filter(|version| number(&version.version).is_some()) {
            match self.registry.delete_version(version.id, ACTOR).await {
                Ok(()) | Err(RegistryError::TasksLeft { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Where a version was made here: which one it was.
fn number(version: &Version) -> Option<u64> {
    let (before, number) = version.pre.rsplit_once('.')?;
    (before.rsplit('.').next() == Some(MARK)).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_made_here_tells_its_number() {
        for (version, expected) in [
            ("1.0.0", None),
            ("1.0.0-dev", None),
            ("1.0.0-dev.7", Some(7)),
            ("1.0.0-beta.2.dev.12", Some(12)),
            ("1.0.0-beta.2", None),
            ("1.0.0-dev.beta", None),
        ] {
            assert_eq!(number(&version.parse().unwrap()), expected, "{version}");
        }
    }
}

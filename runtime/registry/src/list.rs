//! What is installed, for lists.

use caisson_storage::trust::SignedBy;
use caisson_storage::{modules, trust};
use caisson_types::{ModuleKey, ModuleStatus, Timestamp, VersionId};
use semver::Version;

use crate::active::read_manifest;
use crate::{Registry, Result};

/// A module as the Modules page shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub key: ModuleKey,
    pub status: ModuleStatus,
    pub quarantined: Option<String>,
    /// The version that serves.
    pub active: Option<VersionId>,
    /// Newest first; never empty.
    pub versions: Vec<ListedVersion>,
}

#[derive(Clone, Debug)]
pub struct ListedVersion {
    pub id: VersionId,
    pub version: Version,
    pub digest: String,
    pub installed_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    /// None where it came without a signature, or signatures were off.
    pub signed: Option<SignedBy>,
    pub manifest: caisson_types::Manifest,
}

impl Listed {
    /// The version that serves, else the newest.
    #[must_use]
    pub fn shown(&self) -> &ListedVersion {
        self.versions.iter().find(|version| Some(version.id) == self.active).unwrap_or(&self.versions[0])
    }

    /// A newer version than the one that serves.
    #[must_use]
    pub fn update(&self) -> Option<&ListedVersion> {
        let serving = self.versions.iter().find(|version| Some(version.id) == self.active)?;
        self.versions.iter().find(|version| version.version > serving.version)
    }
}

impl Registry {
    /// Every installed module, by key.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn list(&self) -> Result<Vec<Listed>> {
        let mut conn = self.db.conn().await?;
        let rows = modules::list(&mut conn).await?;
        let mut signatures = trust::signatures(&mut conn).await?;
        drop(conn);
        let mut listed = Vec::with_capacity(rows.len());
        for (module, versions) in rows {
            let mut read = Vec::with_capacity(versions.len());
            for version in versions {
                let manifest = read_manifest(&version)?;
                read.push(ListedVersion {
                    id: version.id,
                    version: version.version,
                    digest: version.digest,
                    installed_at: version.installed_at,
                    approved_at: version.approved_at,
                    signed: signatures.remove(&version.id),
                    manifest,
                });
            }
            read.sort_by(|a, b| b.version.cmp(&a.version));
            if read.is_empty() {
                continue;
            }
            listed.push(Listed {
                key: module.key,
                status: module.status,
                quarantined: module.quarantined,
                active: module.active,
                versions: read,
            });
        }
        Ok(listed)
    }

    /// One installed module.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn show(&self, key: &ModuleKey) -> Result<Listed> {
        let found = self.list().await?.into_iter().find(|listed| &listed.key == key);
        found.ok_or_else(|| crate::RegistryError::UnknownModule(key.clone()))
    }
}

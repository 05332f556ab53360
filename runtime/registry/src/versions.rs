//! Versions that are no longer wanted, and modules that were held back.

use std::sync::PoisonError;

use caisson_package::Sbom;
use caisson_storage::{events, modules, tasks, upgrades};
use caisson_types::{ModuleKey, PanelEvent, VersionId};
use serde_json::json;

use crate::{Actor, Registry, RegistryError, Result};

impl Registry {
    /// What a version is made of, as its author says; none where the package does not say.
    ///
    /// # Errors
    /// Where there is no such version, or its package cannot be read.
    pub async fn sbom(&self, id: VersionId) -> Result<Option<Sbom>> {
        let version = modules::version_by_id(&mut *self.db.conn().await?, id).await?;
        let package = self.read_package(&version).await?;
        let read = package.sbom.map(|text| Sbom::read(&text, &package.manifest)).transpose();
        read.map_err(|error| RegistryError::Package(error.into()))
    }

    /// The package of a version, by its digest.
    ///
    /// # Errors
    /// Where it is not stored any more.
    pub async fn packed(&self, digest: &str) -> Result<Vec<u8>> {
        self.packages.read(digest).await.map_err(RegistryError::Disk)
    }

    /// Removes a version that does not serve. The last one goes with its module, by [`Registry::delete`].
    ///
    /// # Errors
    /// Where it serves, or is the only one; where tasks that it queued have not ended.
    pub async fn delete_version(&self, id: VersionId, actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let version = modules::version_by_id(&mut tx, id).await?;
        let key = version.key;
        let serves = modules::by_key(&mut tx, &key).await?.active == Some(id);
        if serves || modules::versions_of(&mut tx, &key).await?.len() == 1 {
            return Err(RegistryError::StillActive { key });
        }
        let canary = upgrades::canary(&mut tx, &key).await?;
        if canary.is_some_and(|canary| canary.version == id && canary.ended_at.is_none()) {
            return Err(RegistryError::StillActive { key });
        }
        let count = tasks::unfinished_of_version(&mut tx, id).await?;
        if count > 0 {
            return Err(RegistryError::TasksLeft { key, version: version.version, count });
        }
        modules::delete_version(&mut tx, id).await?;
        let detail = json!({ "version": version.version });
        self.changed(&mut tx, actor, "module.delete-version", &key.to_string(), &detail).await?;
        tx.commit().await?;
        self.change().versions.remove(&id);
        self.sandbox.forget(&version.digest);
        self.packages.remove(&version.digest).await.map_err(RegistryError::Disk)
    }

    /// Lets a module that was held back serve again.
    ///
    /// # Errors
    /// Where there is no such module.
    pub async fn release(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        modules::set_quarantined(&mut tx, key, None).await.map_err(RegistryError::module(key))?;
        self.changed(&mut tx, actor, "module.release", &key.to_string(), &json!({})).await?;
        let told = json!({ "module": key.to_string() });
        events::announce(&mut tx, PanelEvent::ModuleReleased, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();
        self.change().quarantined.remove(key);
        Ok(())
    }

    /// Holds a module back: its calls are refused and its tasks wait, here at once and in other processes within a second.
    pub(crate) async fn quarantine(&self, key: &ModuleKey, reason: &str) -> Result<()> {
        if !self.change().quarantined.insert(key.clone()) {
            return Ok(());
        }
        tracing::error!(module = %key, reason, "the module is quarantined");
        let mut tx = self.db.begin().await?;
        modules::set_quarantined(&mut tx, key, Some(reason)).await?;
        let detail = json!({ "reason": reason });
        self.changed(&mut tx, "circuit breaker", "module.quarantine", &key.to_string(), &detail).await?;
        let told = json!({ "module": key.to_string(), "reason": reason });
        events::announce(&mut tx, PanelEvent::ModuleQuarantined, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();
        Ok(())
    }

    pub(crate) fn is_quarantined(&self, key: &ModuleKey) -> bool {
        self.ready.read().unwrap_or_else(PoisonError::into_inner).quarantined.contains(key)
    }
}

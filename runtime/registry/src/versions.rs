//! Versions that are no longer wanted, and modules that were held back.

use caisson_storage::modules;
use caisson_types::{ModuleKey, VersionId};

use crate::{Actor, Registry, RegistryError, Result};

impl Registry {
    /// Removes a version that does not serve. The last one goes with its module, by [`Registry::delete`].
    ///
    /// # Errors
    /// Where it serves, or is the only one.
    pub async fn delete_version(&self, id: VersionId, actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let version = modules::version_by_id(&mut tx, id).await?;
        let key = version.key;
        let serves = modules::by_key(&mut tx, &key).await?.active == Some(id);
        if serves || modules::versions_of(&mut tx, &key).await?.len() == 1 {
            return Err(RegistryError::StillActive { key });
        }
        modules::delete_version(&mut tx, id).await?;
        let detail = serde_json::json!({ "version": version.version });
        self.changed(&mut tx, actor, "module.delete-version", &key.to_string(), &detail).await?;
        tx.commit().await?;
        self.sandbox.forget(&version.digest);
        self.packages.remove(&version.digest).await.map_err(RegistryError::Disk)
    }

    /// Lets a module that was held back serve again.
    ///
    /// # Errors
    /// Where there is no such module.
    pub async fn release(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        modules::set_quarantined(&mut tx, key, None).await?;
        self.changed(&mut tx, actor, "module.release", &key.to_string(), &serde_json::json!({})).await?;
        tx.commit().await?;
        Ok(())
    }
}

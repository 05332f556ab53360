//! Back to the version before, with nothing lost.
//!
//! No code of the module runs: an older version knows nothing of what a newer one did. It serves on the tables as they are now,
//! and where it could not, nothing is rolled back.

use std::sync::Arc;

use caisson_storage::tables::Table;
use caisson_storage::{modules, upgrades};
use caisson_types::{ModuleKey, VersionId};

use crate::activate::ROLL_BACK;
use crate::{Active, Actor, Registry, RegistryError, Result};

impl Registry {
    /// Takes back a canary that runs, or else lets the version that served before serve again.
    ///
    /// # Errors
    /// Where the module is not active, nothing was before, or the tables are no longer such that it could serve.
    pub async fn roll_back(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<Arc<Active>> {
        if let Some(canary) = self.canary(key).await?.filter(|canary| canary.ended_at.is_none()) {
            self.end_canary(&canary, "it was rolled back by hand", actor).await?;
            return self.active(key);
        }
        let mut conn = self.db.conn().await?;
        let Some(serving) = modules::by_key(&mut conn, key).await.map_err(RegistryError::module(key))?.active
        else {
            return Err(RegistryError::NotActive(key.clone()));
        };
        let now = modules::version_by_id(&mut conn, serving).await?.version;
        let Some(step) = upgrades::before(&mut conn, key).await? else {
            return Err(RegistryError::NothingBefore { key: key.clone(), version: now });
        };
        drop(conn);
        let entering = self.entering(step.version).await?;
        self.fits(key, &entering.version.version, &step.tables).await?;
        self.switch(entering, Vec::new(), ROLL_BACK, "it was rolled back by hand", actor).await
    }

    /// The version that a roll back leads to, if there is one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn before(&self, key: &ModuleKey) -> Result<Option<VersionId>> {
        Ok(upgrades::before(&mut *self.db.conn().await?, key).await?.map(|step| step.version))
    }

    /// # Errors
    /// What a version that left `then` behind could not work with today.
    pub(crate) async fn fits(
        &self,
        key: &ModuleKey,
        version: &semver::Version,
        then: &[Table],
    ) -> Result<()> {
        let schema = self.sandbox.tables().schema(key).await?;
        let now: Vec<&Table> = schema.tables().collect();
        match upgrades::broken(then, now.iter().copied()) {
            None => Ok(()),
            Some(reason) => {
                Err(RegistryError::TablesChanged { key: key.clone(), version: version.clone(), reason })
            }
        }
    }

    pub(crate) async fn tables_of(&self, key: &ModuleKey) -> Result<Vec<Table>> {
        Ok(self.sandbox.tables().schema(key).await?.tables().cloned().collect())
    }
}

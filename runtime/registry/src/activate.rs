//! A version begins to serve, or stops.

use std::sync::Arc;

use caisson_capabilities::{CallContext, Key};
use caisson_sandbox::exports::lifecycle;
use caisson_storage::schedules::Schedule;
use caisson_storage::{StorageError, events, modules, products, schedules, services, trust};
use caisson_types::{ModuleKey, ModuleStatus, PanelEvent, Timestamp, VersionId};
use serde_json::json;

use crate::active::{Active, read_manifest};
use crate::{Actor, Registry, RegistryError, Result};

/// What a module does to its tables while it comes or goes is kept whole or not at all.
fn whole() -> CallContext {
    CallContext { whole: true, ..CallContext::default() }
}

/// Schedules of the manifest, where the module may queue work.
fn declared(active: &Active) -> Vec<Schedule> {
    let declared = active.manifest.schedules.iter().filter(|_| active.behind.granted.tasks == Key::Granted);
    declared
        .map(|one| Schedule {
            module: active.key.clone(),
            name: one.name.to_string(),
            cron: one.cron.clone(),
            method: one.method.clone(),
            payload: one.payload.clone(),
            declared: true,
            next_at: None,
            last_at: None,
        })
        .collect()
}

impl Registry {
    /// Lets a version serve, in place of the one that does. The module's own `activate` or `update` runs first; where it
    /// refuses, everything stays as it was.
    ///
    /// # Errors
    /// Where the version is not approved, does not load, or refuses.
    pub async fn activate(&self, id: VersionId, actor: Actor<'_>) -> Result<Arc<Active>> {
        let mut conn = self.db.conn().await?;
        let version = modules::version_by_id(&mut conn, id).await?;
        if version.approved_at.is_none() {
            return Err(RegistryError::NotApproved { key: version.key, version: version.version });
        }
        let module = modules::by_key(&mut conn, &version.key).await?;
        let before = match module.active {
            Some(before) if before != id => Some(modules::version_by_id(&mut conn, before).await?),
            _ => None,
        };
        drop(conn);

        let active = Arc::new(self.prepare(id, None).await?);
        let entered = match before {
            Some(before) if active.has(&lifecycle::UPDATE) => {
                self.call_anyway(
                    &active,
                    whole(),
                    active.budgets.task,
                    &lifecycle::UPDATE,
                    (before.version.to_string(),),
                )
                .await
            }
            _ if active.has(&lifecycle::ACTIVATE) => {
                self.call_anyway(&active, whole(), active.budgets.task, &lifecycle::ACTIVATE, ()).await
            }
            _ => Ok(()),
        };
        entered.map_err(RegistryError::Refused)?;

        let mut tx = self.db.begin().await?;
        modules::set_active(&mut tx, &version.key, Some(id), ModuleStatus::Active).await?;
        trust::served(&mut tx, &version.key, &version.version).await?;
        events::subscribe(&mut tx, &version.key, &active.behind.granted.hears).await?;
        schedules::declare(&mut tx, &version.key, &declared(&active), Timestamp::now()).await?;
        self.changed(
            &mut tx,
            actor,
            "module.activate",
            &version.key.to_string(),
            &json!({ "version": version.version }),
        )
        .await?;
        let told = json!({ "module": version.key.to_string(), "version": version.version });
        events::announce(&mut tx, PanelEvent::ModuleActivated, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();

        let mut ready = self.change();
        ready.versions.insert(id, Arc::clone(&active));
        ready.serving.insert(version.key, id);
        Ok(active)
    }

    /// Stops a module from serving. Its data stays.
    ///
    /// # Errors
    /// Where it is not active. A module that refuses to let go is deactivated all the same, and the log says so.
    pub async fn deactivate(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        let active = self.active(key)?;
        if active.has(&lifecycle::DEACTIVATE)
            && let Err(error) =
                self.call_anyway(&active, whole(), active.budgets.task, &lifecycle::DEACTIVATE, ()).await
        {
            tracing::warn!(module = %key, %error, "the module's deactivate failed; it is deactivated all the same");
        }
        let mut tx = self.db.begin().await?;
        modules::set_active(&mut tx, key, None, ModuleStatus::Inactive).await?;
        events::subscribe(&mut tx, key, &[]).await?;
        self.changed(&mut tx, actor, "module.deactivate", &key.to_string(), &json!({})).await?;
        let told = json!({ "module": key.to_string() });
        events::announce(&mut tx, PanelEvent::ModuleDeactivated, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();
        self.change().serving.remove(key);
        Ok(())
    }

    /// Removes an inactive module with all of its versions.
    ///
    /// # Errors
    /// Where it is active, or services still depend on it.
    pub async fn delete(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let module = modules::by_key(&mut tx, key).await.map_err(|error| match error {
            StorageError::Missing => RegistryError::UnknownModule(key.clone()),
            other => other.into(),
        })?;
        if module.status == ModuleStatus::Active {
            return Err(RegistryError::StillActive { key: key.clone() });
        }
        let count = services::count_of_module(&mut tx, key).await?;
        if count > 0 {
            return Err(RegistryError::InUse { key: key.clone(), count });
        }
        let sold = products::of_module(&mut tx, key).await?.len();
        if sold > 0 {
            return Err(RegistryError::Sold { key: key.clone(), count: sold });
        }
        let versions = modules::versions_of(&mut tx, key).await?;
        modules::delete_module(&mut tx, key).await?;
        self.changed(&mut tx, actor, "module.delete", &key.to_string(), &json!({})).await?;
        tx.commit().await?;
        for version in versions {
            self.sandbox.forget(&version.digest);
            self.packages.remove(&version.digest).await.map_err(RegistryError::Disk)?;
        }
        Ok(())
    }

    /// Makes what serves ready again after its grants or settings changed.
    pub(crate) async fn reload(&self, key: &ModuleKey) -> Result<()> {
        let Ok(serving) = self.active(key) else { return Ok(()) };
        let active = Arc::new(self.prepare(serving.id, None).await?);
        let mut conn = self.db.conn().await?;
        events::subscribe(&mut conn, key, &active.behind.granted.hears).await?;
        schedules::declare(&mut conn, key, &declared(&active), Timestamp::now()).await?;
        drop(conn);
        self.change().versions.insert(active.id, active);
        Ok(())
    }

    /// The manifest of a version, serving or not.
    ///
    /// # Errors
    /// Where there is no such version.
    pub async fn manifest(&self, id: VersionId) -> Result<caisson_types::Manifest> {
        let mut conn = self.db.conn().await?;
        read_manifest(&modules::version_by_id(&mut conn, id).await?)
    }
}

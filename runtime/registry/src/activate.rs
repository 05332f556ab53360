//! A version begins to serve, or stops.

use std::sync::Arc;

use caisson_capabilities::{CallContext, Key};
use caisson_sandbox::exports::lifecycle;
use caisson_storage::modules::Version;
use caisson_storage::schedules::Schedule;
use caisson_storage::tables::Table;
use caisson_storage::upgrades::{self, Step};
use caisson_storage::{audit, events, modules, schedules, trust};
use caisson_types::{ModuleKey, ModuleStatus, PanelEvent, Timestamp, VersionId};
use serde_json::json;

use crate::active::{Active, read_manifest};
use crate::{Actor, Registry, RegistryError, Result};

/// What is written in the audit log where a version gives way to the one before it.
pub(crate) const ROLL_BACK: &str = "module.roll-back";

/// A version that is about to serve, and the one that does.
pub(crate) struct Entering {
    pub(crate) version: Version,
    pub(crate) before: Option<Version>,
}

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
    /// Lets a version serve, in place of the one that does. The module's own `activate` runs first, or its `update` where it is
    /// newer than what serves; where it refuses, everything stays as it was. What was saved of its settings while nothing served is
    /// then checked by the module, which has its tables by now. A canary is promoted.
    ///
    /// # Errors
    /// Where the version is not approved, does not load, refuses, or refuses its settings.
    pub async fn activate(&self, id: VersionId, actor: Actor<'_>) -> Result<Arc<Active>> {
        let entering = self.entering(id).await?;
        let running = self.canary(&entering.version.key).await?.filter(|canary| canary.ended_at.is_none());
        if running.is_some_and(|canary| canary.version == id) {
            return self.promote(&entering.version.key, actor).await;
        }
        let active = self.prepare(id).await?;
        let tables = self.tables_of(&entering.version.key).await?;
        self.enter(&active, entering.before.as_ref(), false, actor).await?;
        if entering.before.is_none() {
            self.settle_settings(&active, actor).await?;
        }
        let verdict = format!("{} was activated", entering.version.version);
        self.switch(entering, tables, "module.activate", &verdict, actor).await
    }

    /// What is about to serve, and what does.
    pub(crate) async fn entering(&self, id: VersionId) -> Result<Entering> {
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
        Ok(Entering { version, before })
    }

    /// The module's own part, in one transaction: `activate` of a version that nothing serves beside, `update` of one that is
    /// newer than what serves. An older one is not asked: it cannot know what to update from.
    pub(crate) async fn enter(
        &self,
        active: &Active,
        before: Option<&Version>,
        additive: bool,
        actor: Actor<'_>,
    ) -> Result<()> {
        let context = CallContext { additive, ..whole() };
        let budget = active.budgets.task;
        let entered = match before {
            Some(before) if before.version > active.manifest.module.version => Ok(()),
            Some(before) if active.has(&lifecycle::UPDATE) => {
                let from = (before.version.to_string(),);
                self.call_anyway(active, context, budget, &lifecycle::UPDATE, from).await
            }
            _ if active.has(&lifecycle::ACTIVATE) => {
                self.call_anyway(active, context, budget, &lifecycle::ACTIVATE, ()).await
            }
            _ => Ok(()),
        };
        let Err(error) = entered else { return Ok(()) };
        // Whoever looks later reads why the version does not serve.
        let detail = json!({ "version": active.manifest.module.version, "reason": error.to_string() });
        let mut conn = self.db.conn().await?;
        audit::append(&mut conn, actor, "module.refused", &active.key.to_string(), &detail).await?;
        Err(RegistryError::Refused(error))
    }

    /// Lets a version serve whose own part is done. `tables` are those that what serves now was made for.
    pub(crate) async fn switch(
        &self,
        entering: Entering,
        tables: Vec<Table>,
        action: &str,
        verdict: &str,
        actor: Actor<'_>,
    ) -> Result<Arc<Active>> {
        let Entering { version, before } = entering;
        let (id, key, now) = (version.id, &version.key, Timestamp::now());
        let back = action == ROLL_BACK;
        let active = Arc::new(self.prepare(id).await?);
        let mut tx = self.db.begin().await?;
        modules::set_active(&mut tx, key, Some(id), ModuleStatus::Active).await?;
        trust::served(&mut tx, key, &version.version).await?;
        events::subscribe(&mut tx, key, &active.behind.granted.hears).await?;
        schedules::declare(&mut tx, key, &declared(&active), now).await?;
        upgrades::end(&mut tx, key, verdict, now).await?;
        upgrades::forget(&mut tx, key, id).await?;
        match &before {
            Some(before) if back => {
                let steps = (&before.version, Some(&version.version));
                self.rolled_back(&mut tx, key, steps, verdict, actor).await?;
            }
            before => {
                if let Some(before) = before {
                    let step = Step { version: before.id, tables, left_at: now };
                    upgrades::left(&mut tx, key, &step).await?;
                }
                let detail = json!({ "version": version.version });
                self.changed(&mut tx, actor, action, &key.to_string(), &detail).await?;
            }
        }
        let told = json!({ "module": key.to_string(), "version": version.version });
        events::announce(&mut tx, PanelEvent::ModuleActivated, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();

        let mut ready = self.change();
        ready.versions.insert(id, Arc::clone(&active));
        ready.canaries.remove(key);
        ready.serving.insert(version.key, id);
        Ok(active)
    }

    /// Stops a module from serving. Its data stays.
    ///
    /// # Errors
    /// Where it is not active. A module that refuses to let go is deactivated all the same, and the log says so.
    pub async fn deactivate(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        let Ok(active) = self.active(key) else {
            self.show(key).await?;
            return Err(RegistryError::ServesNot(key.clone()));
        };
        if active.has(&lifecycle::DEACTIVATE)
            && let Err(error) =
                self.call_anyway(&active, whole(), active.budgets.task, &lifecycle::DEACTIVATE, ()).await
        {
            tracing::warn!(module = %key, %error, "the module's deactivate failed; it is deactivated all the same");
        }
        let mut tx = self.db.begin().await?;
        modules::set_active(&mut tx, key, None, ModuleStatus::Inactive).await?;
        events::subscribe(&mut tx, key, &[]).await?;
        upgrades::end(&mut tx, key, "the module was deactivated", Timestamp::now()).await?;
        self.changed(&mut tx, actor, "module.deactivate", &key.to_string(), &json!({})).await?;
        let told = json!({ "module": key.to_string() });
        events::announce(&mut tx, PanelEvent::ModuleDeactivated, told, 1).await?;
        tx.commit().await?;
        self.db.signal().notify();
        let mut ready = self.change();
        ready.serving.remove(key);
        ready.canaries.remove(key);
        Ok(())
    }

    /// Makes what serves ready again after its grants or settings changed.
    pub(crate) async fn reload(&self, key: &ModuleKey) -> Result<()> {
        let Ok(serving) = self.active(key) else { return Ok(()) };
        // Others, such as a canary or one that finishes its tasks, are read again when they are asked for.
        let canary = self.change().forget_others(key, serving.id);
        if let Some(canary) = canary {
            self.version(canary).await?;
        }
        let active = Arc::new(self.prepare(serving.id).await?);
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

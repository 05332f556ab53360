//! Keeps up with what other processes of the panel changed.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use caisson_storage::{generations, modules, upgrades};

use crate::{Ready, Registry, Result};

/// How soon a process notices a grant that was withdrawn in another.
const INTERVAL: Duration = Duration::from_secs(1);

impl Registry {
    /// Makes everything that is active ready, and keeps it so while the registry lives.
    ///
    /// # Errors
    /// Where the database cannot be read. A module that does not load is logged and left out; the others serve.
    pub async fn start(self: &Arc<Self>) -> Result<()> {
        let mut seen = self.generation().await?;
        self.load_all().await?;
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut interval = tokio::time::interval(INTERVAL);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                let Some(registry) = weak.upgrade() else { return };
                registry.tell_canaries().await;
                match registry.generation().await {
                    Ok(now) if now == seen => {}
                    Ok(now) => match registry.load_all().await {
                        Ok(()) => seen = now,
                        Err(error) => tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "modules could not be refreshed"
                        ),
                    },
                    Err(error) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "modules could not be refreshed"
                    ),
                }
            }
        });
        Ok(())
    }

    async fn generation(&self) -> Result<i64> {
        let mut conn = self.db.conn().await?;
        Ok(generations::current(&mut conn, generations::MODULES).await?)
    }

    /// Reads again what is active, for whoever cannot wait for the next look.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn refresh(&self) -> Result<()> {
        self.load_all().await
    }

    /// Where this process changed something while the list was read, it is read again: what is older must not win.
    async fn load_all(&self) -> Result<()> {
        loop {
            let changes = self.ready.read().unwrap_or_else(PoisonError::into_inner).changes;
            let fresh = Ready { changes, ..self.listed().await? };
            let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
            if ready.changes == changes {
                *ready = fresh;
                return Ok(());
            }
        }
    }

    async fn listed(&self) -> Result<Ready> {
        let mut conn = self.db.conn().await?;
        let listed = modules::list(&mut conn).await?;
        let canaries = upgrades::running(&mut conn).await?;
        drop(conn);
        let mut fresh = Ready::default();
        for (module, _) in listed {
            if module.quarantined.is_some() {
                fresh.quarantined.insert(module.key.clone());
            }
            let Some(id) = module.active else { continue };
            match self.prepare(id).await {
                Ok(active) => {
                    fresh.versions.insert(id, Arc::new(active));
                    fresh.serving.insert(module.key, id);
                }
                Err(error) => {
                    tracing::error!(module = %module.key, error = &error as &dyn std::error::Error, "an active module does not load");
                }
            }
        }
        for canary in canaries {
            match self.prepare(canary.version).await {
                Ok(active) => {
                    fresh.versions.insert(canary.version, Arc::new(active));
                    fresh.canaries.insert(canary.module.clone(), Arc::new(canary));
                }
                Err(error) => {
                    tracing::error!(module = %canary.module, error = &error as &dyn std::error::Error, "a canary does not load; the version beside it serves everything");
                }
            }
        }
        Ok(fresh)
    }
}

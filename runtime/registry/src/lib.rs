//! Modules of this panel: installed, approved, activated, configured.
//!
//! A [`Registry`] knows which version of each module serves, keeps it ready to be called ([`Active`]), and is where the two keys
//! of a grant come together. Everything that changes a module goes through here, is written to the audit log, and is noticed by
//! the panel's other processes within a second.

mod activate;
mod active;
mod approve;
mod breaker;
mod bundle;
mod canary;
mod difference;
mod download;
mod error;
mod install;
mod leaving;
mod list;
mod refresh;
mod report;
mod roll_back;
mod settings;
mod trials;
mod trust;
mod versions;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use caisson_sandbox::Sandbox;
use caisson_storage::packages::FsPackages;
use caisson_storage::upgrades::Canary;
use caisson_storage::vault::Vault;
use caisson_storage::{Conn, Db, audit, generations};
use caisson_types::{Budgets, ModuleKey, VersionId};

use breaker::Breaker;
use canary::Tallies;

pub use caisson_package::archive::MAX_ARCHIVE_BYTES;
pub use caisson_package::sbom::{Part, Sbom};
pub use caisson_package::signature::MAX_SIGNATURE_BYTES;

pub use active::{Active, Pages};
pub use approve::Asked;
pub use bundle::{
    BUNDLE_FORMAT, Bundle, BundledCall, BundledGrants, BundledLine, BundledModule, as_document,
};
pub use canary::CanaryPlan;
pub use difference::{Difference, LimitChange, PartChange};
pub use error::RegistryError;
pub use install::Installed;
pub use leaving::Exported;
pub use list::{Listed, ListedVersion};
pub use report::{DeniedLine, GrantLine, GrantsReport};
pub use settings::SettingsForm;
pub use trials::{Trial, TrialFinding, TrialReport, TrialState};
pub use trust::{Exceptions, NewPublisher, Signatures, TrustError, Upload};

pub type Result<T, E = RegistryError> = std::result::Result<T, E>;

/// Who did it, for the audit log: an administrator's e-mail, or the command line.
pub type Actor<'a> = &'a str;

/// Modules and their versions.
pub struct Registry {
    db: Db,
    packages: FsPackages,
    sandbox: Arc<Sandbox>,
    vault: Arc<Vault>,
    /// The most any module gets, whatever it asks for.
    cap: Budgets,
    signatures: Signatures,
    ready: RwLock<Ready>,
    breaker: Breaker,
    tallies: Tallies,
}

/// What is ready to be called in this process.
#[derive(Default)]
struct Ready {
    /// By version: queued tasks finish on the version that queued them.
    versions: HashMap<VersionId, Arc<Active>>,
    /// Which version serves.
    serving: HashMap<ModuleKey, VersionId>,
    /// Newer versions that serve a share.
    canaries: HashMap<ModuleKey, Arc<Canary>>,
    /// Held back until an administrator releases them.
    quarantined: HashSet<ModuleKey>,
    /// Counts what this process changed, so that an older listing does not undo it.
    changes: u64,
}

impl Ready {
    /// Drops what is ready of a module but `kept`; gives the canary, if one runs.
    fn forget_others(&mut self, key: &ModuleKey, kept: VersionId) -> Option<VersionId> {
        self.versions.retain(|id, active| &active.key != key || *id == kept);
        self.canaries.get(key).map(|canary| canary.version)
    }
}

impl Registry {
    #[must_use]
    pub fn new(db: Db, packages: FsPackages, sandbox: Arc<Sandbox>, vault: Arc<Vault>, cap: Budgets) -> Self {
        let (ready, breaker) = (RwLock::default(), Breaker::default());
        let (signatures, tallies) = (Signatures::default(), Tallies::default());
        Self { db, packages, sandbox, vault, cap, signatures, ready, breaker, tallies }
    }

    /// What is asked of packages' signatures, in place of [`Signatures::Warn`].
    #[must_use]
    pub fn with_signatures(self, signatures: Signatures) -> Self {
        Self { signatures, ..self }
    }

    /// What is ready, to be changed.
    fn change(&self) -> std::sync::RwLockWriteGuard<'_, Ready> {
        let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
        ready.changes += 1;
        ready
    }

    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The version of `key` that serves.
    ///
    /// # Errors
    /// [`RegistryError::NotActive`].
    pub fn active(&self, key: &ModuleKey) -> Result<Arc<Active>> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        let found = ready.serving.get(key).and_then(|version| ready.versions.get(version)).cloned();
        found.ok_or_else(|| RegistryError::NotActive(key.clone()))
    }

    /// Every module that serves, by key.
    #[must_use]
    pub fn all_active(&self) -> Vec<Arc<Active>> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> =
            ready.serving.values().filter_map(|version| ready.versions.get(version)).cloned().collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }

    /// One version, serving or not; loaded when it is asked for first.
    ///
    /// # Errors
    /// Where there is no such version, or it does not load.
    pub async fn version(&self, id: VersionId) -> Result<Arc<Active>> {
        let known = self.ready.read().unwrap_or_else(PoisonError::into_inner).versions.get(&id).cloned();
        match known {
            Some(active) => Ok(active),
            None => {
                let active = Arc::new(self.prepare(id).await?);
                self.ready
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .versions
                    .insert(id, Arc::clone(&active));
                Ok(active)
            }
        }
    }

    /// In the transaction of a change: tells the other processes, and whoever reads the audit log.
    async fn changed(
        &self,
        conn: &mut Conn,
        actor: Actor<'_>,
        action: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<()> {
        generations::bump(conn, generations::MODULES).await?;
        audit::append(conn, actor, action, subject, detail).await?;
        Ok(())
    }
}

//! A version made ready: loaded, its grants and settings compiled.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use caisson_capabilities::i18n::Strings;
use caisson_capabilities::{Behind, CallContext, Granted, Key, Settings};
use caisson_sandbox::exports::hooks;
use caisson_sandbox::{CallError, Export, Failure, Loaded, Target};
use caisson_storage::modules::Version;
use caisson_storage::{grants, modules};
use caisson_types::manifest::Field;
use caisson_types::{Budget, Budgets, Manifest, ModuleKey, PanelEvent, VersionId};

use crate::{Registry, RegistryError, Result};

/// A version that can be called.
pub struct Active {
    pub key: ModuleKey,
    pub id: VersionId,
    pub digest: String,
    pub manifest: Manifest,
    pub budgets: Budgets,
    pub pages: Arc<Pages>,
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) behind: Arc<Behind>,
}

/// What a version brings for the panel to show.
#[derive(Debug, Default)]
pub struct Pages {
    /// By path below `views/`, without extension.
    pub templates: BTreeMap<String, String>,
    pub assets: BTreeMap<String, Vec<u8>>,
    pub strings: Strings,
    /// Scripts and styles of frames, by name.
    pub frames: BTreeMap<String, String>,
}

impl Active {
    /// Scripts and styles of its frames, where an administrator approved them.
    #[must_use]
    pub fn frames(&self) -> Option<&BTreeMap<String, String>> {
        (self.behind.granted.frames == Key::Granted).then_some(&self.pages.frames)
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.behind.settings
    }

    /// Whether every setting that it must have is there. Until then nobody is sent to it.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        let Settings { values, secrets, .. } = self.settings();
        Field::are_filled(&self.manifest.settings, values, |key| secrets.contains_key(key))
    }

    /// Keys of service data that are kept encrypted.
    #[must_use]
    pub fn secret_service_keys(&self) -> &HashSet<String> {
        &self.behind.secret_service_keys
    }

    /// Whether it may hear of one of the panel's own events, and does.
    #[must_use]
    pub fn hears(&self, event: PanelEvent) -> bool {
        self.behind.granted.hears.iter().any(|heard| heard == event.name()) && self.has(&hooks::ON_EVENT)
    }

    /// Whether the component has the export.
    #[must_use]
    pub fn has<P, R>(&self, export: &Export<P, R>) -> bool {
        self.loaded.has(export)
    }

    pub(crate) fn with_settings(&self, granted: Granted, settings: Settings) -> Behind {
        Behind {
            module: self.key.clone(),
            version: self.id,
            granted,
            settings,
            secret_service_keys: self.behind.secret_service_keys.clone(),
            permissions: self.behind.permissions.clone(),
            strings: self.behind.strings.clone(),
        }
    }
}

/// Calls through the registry, so that nobody above needs to know what a call is made from.
impl Registry {
    /// Calls the guest while somebody waits for a page.
    ///
    /// # Errors
    /// The module's problem, or why the sandbox ended the call.
    pub async fn call<P, R>(
        &self,
        active: &Active,
        context: CallContext,
        export: &Export<P, R>,
        parameters: P,
    ) -> Result<R, CallError>
    where
        P: caisson_sandbox::Parameters,
        R: caisson_sandbox::Answer,
    {
        self.call_within(active, context, active.budgets.page, export, parameters).await
    }

    /// Calls the guest within a budget of the caller's choice.
    ///
    /// # Errors
    /// As [`Registry::call`].
    pub async fn call_within<P, R>(
        &self,
        active: &Active,
        context: CallContext,
        budget: Budget,
        export: &Export<P, R>,
        parameters: P,
    ) -> Result<R, CallError>
    where
        P: caisson_sandbox::Parameters,
        R: caisson_sandbox::Answer,
    {
        if self.is_quarantined(&active.key) {
            return Err(Failure::Quarantined.into());
        }
        let result = self.call_anyway(active, context, budget, export, parameters).await;
        if self.is_canary(active) {
            // The version beside it must not be held back for what this one does.
            self.count_canary(active, &result).await;
        } else if self.is_serving(active)
            && let Some(reason) = self.breaker.count(&active.key, &result)
            && let Err(error) = self.quarantine(&active.key, &reason).await
        {
            tracing::error!(module = %active.key, error = &error as &dyn std::error::Error, "the quarantine could not be stored");
        }
        result
    }

    /// Calls a guest that may be quarantined: what an administrator asks of it, such as an update that mends it.
    pub(crate) async fn call_anyway<P, R>(
        &self,
        active: &Active,
        context: CallContext,
        budget: Budget,
        export: &Export<P, R>,
        parameters: P,
    ) -> Result<R, CallError>
    where
        P: caisson_sandbox::Parameters,
        R: caisson_sandbox::Answer,
    {
        let target = Target { version: active.id, loaded: &active.loaded, behind: &active.behind };
        self.sandbox.call(target, context, budget, export, parameters).await
    }

    /// Makes a version ready, with its grants and settings as they are stored.
    pub(crate) async fn prepare(&self, id: VersionId) -> Result<Active> {
        let mut conn = self.db.conn().await?;
        let version = modules::version_by_id(&mut conn, id).await?;
        let manifest = read_manifest(&version)?;
        let approved: HashSet<_> = grants::of(&mut conn, id).await?.into_iter().collect();
        drop(conn);
        let settings = self.load_settings(&version.key, &manifest).await?;
        let package = self.read_package(&version).await?;
        let strings = Strings::of_package(&package.strings).map_err(|error| RegistryError::Corrupt {
            key: version.key.clone(),
            reason: error.to_string(),
        })?;
        let loaded = Arc::new(self.load(&version, &package.component).await?);
        let granted = Granted::compile(&manifest, &approved, &settings);
        let secret_service_keys =
            manifest.service.iter().filter(|field| field.secret).map(|field| field.key.clone()).collect();
        let permissions = manifest.permissions.iter().map(|one| one.key.to_string()).collect();
        Ok(Active {
            key: version.key.clone(),
            id,
            digest: version.digest,
            budgets: manifest.capabilities.budget.apply(&self.cap),
            behind: Arc::new(Behind {
                module: version.key,
                version: id,
                granted,
                settings,
                secret_service_keys,
                permissions,
                strings: strings.clone(),
            }),
            loaded,
            manifest,
            pages: Arc::new(Pages {
                templates: package.templates,
                assets: package.assets,
                strings,
                frames: package.frames,
            }),
        })
    }

    /// From the cache; compiled anew only where the engine changed since the package was installed.
    async fn load(&self, version: &Version, component: &[u8]) -> Result<Loaded> {
        use caisson_sandbox::{ArtefactError, LoadError};
        let label = version.key.to_string();
        match self.sandbox.load(&version.digest, &label) {
            Err(LoadError::Artefact(ArtefactError::Absent(_) | ArtefactError::Forged(_))) => {
                tracing::warn!(module = %version.key, version = %version.version, "no valid artefact for this engine: compiling again");
                self.sandbox.forget(&version.digest);
                self.sandbox.compile(&version.digest, component).await?;
                Ok(self.sandbox.load(&version.digest, &label)?)
            }
            other => Ok(other?),
        }
    }

    pub(crate) async fn read_package(&self, version: &Version) -> Result<caisson_package::archive::Package> {
        let bytes = self.packages.read(&version.digest).await.map_err(RegistryError::Disk)?;
        let key = version.key.clone();
        let package = tokio::task::spawn_blocking(move || caisson_package::archive::read(&bytes)).await;
        package
            .map_err(|error| RegistryError::Corrupt { key, reason: error.to_string() })?
            .map_err(RegistryError::Package)
    }
}

pub(crate) fn read_manifest(version: &Version) -> Result<Manifest> {
    Manifest::parse(&version.manifest)
        .map_err(|error| RegistryError::Corrupt { key: version.key.clone(), reason: error.to_string() })
}

//! A panel of its own for one module: the real registry, billing and sandbox on a database that goes with it. Whatever leaves is
//! answered by a [`Provider`].

mod error;
mod names;
mod people;
mod tables;
mod tasks;

use std::path::PathBuf;
use std::sync::Arc;

use caisson_billing::{Billing, Ports};
use caisson_capabilities::http::egress::{EgressConfig, PrivateException, Provider};
use caisson_panel::{Panel, PanelConfig};
use caisson_registry::{Active, Installed, Registry, Signatures};
use caisson_sandbox::{Compiler, EngineConfig, Recorder, RecorderConfig};
use caisson_storage::tables::Tables;
use caisson_storage::{Db, Vault, vault};
use caisson_types::manifest::GrantId;
use caisson_types::{ModuleKey, VersionId};
use tempfile::TempDir;

pub use error::StageError;
pub use names::Names;
pub use people::Service;
pub use tasks::Ended;

pub type Result<T, E = StageError> = std::result::Result<T, E>;

/// Who the stage's audit log names.
pub(crate) const ACTOR: &str = "workshop";
/// Where providers would reach the panel.
pub(crate) const PUBLIC_URL: &str = "https://panel.example";

/// Calls that may run at once: a call, and what it waits for.
const INSTANCES: u32 = 4;
const CONNECTIONS: u32 = 4;

/// What stages are made with.
#[derive(Clone, Debug)]
pub struct StageConfig {
    /// The program that compiles components when it is run with `compile-component`.
    pub program: PathBuf,
    /// Keeps compiled components from one stage to the next, and the key they are sealed with.
    pub kept: PathBuf,
    /// Private addresses that a request which is let out may reach.
    pub allow_private: Vec<PrivateException>,
}

/// A panel with one module.
pub struct Stage {
    pub(crate) db: Db,
    pub(crate) registry: Arc<Registry>,
    pub(crate) billing: Arc<Billing>,
    pub(crate) ports: Arc<Ports>,
    pub(crate) tables: Arc<Tables>,
    pub(crate) recorder: Recorder,
    pub(crate) vault: Arc<Vault>,
    pub(crate) key: ModuleKey,
    version: VersionId,
    _folder: TempDir,
}

impl Stage {
    /// Installs a package on an empty panel; nothing is granted yet.
    ///
    /// # Errors
    /// Where the package is refused, or a folder cannot be written.
    pub async fn open(config: &StageConfig, package: Vec<u8>, provider: Arc<dyn Provider>) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(StageError::Folder)?;
        let url = format!("sqlite:{}", folder.path().join("panel.db").display());
        let db = Db::connect(&url, CONNECTIONS).await?;
        db.migrate().await?;
        std::fs::create_dir_all(&config.kept).map_err(StageError::Folder)?;
        let key = vault::load_or_create(&config.kept.join("master.key"))
            .map_err(|error| StageError::Key(error.to_string()))?;
        let vault = Arc::new(Vault::new(key).map_err(|error| StageError::Key(error.to_string()))?);
        let panel = Panel::new(PanelConfig {
            db,
            packages: folder.path().join("packages"),
            artefacts: config.kept.join("artefacts"),
            compiler: Compiler::new(config.program.clone(), ["compile-component".to_owned()]),
            engine: EngineConfig { instances: INSTANCES, ..EngineConfig::default() },
            egress: EgressConfig {
                allow_private: config.allow_private.clone(),
                provider: Some(provider),
                ..EgressConfig::default()
            },
            recorder: RecorderConfig::default(),
            watch: None,
            signatures: Signatures::Off,
            public_url: PUBLIC_URL.to_owned(),
            vault: Arc::clone(&vault),
        });
        let Panel { db, registry, billing, ports, tables, recorder, .. } = panel.await?;
        let Installed { key, id: version, .. } = registry.install(package, ACTOR).await?;
        Ok(Self { db, registry, billing, ports, tables, recorder, vault, key, version, _folder: folder })
    }

    /// Grants what the module asks for, but for what is `withheld`.
    ///
    /// # Errors
    /// Where something is withheld that it does not ask for.
    pub async fn grant(&self, withheld: &[GrantId]) -> Result<()> {
        let asked: Vec<GrantId> =
            self.registry.asked(self.version).await?.into_iter().map(|asked| asked.request.id).collect();
        if let Some(unknown) = withheld.iter().find(|grant| !asked.contains(grant)) {
            return Err(StageError::NotAsked { grant: unknown.clone(), asked });
        }
        let grants: Vec<GrantId> = asked.into_iter().filter(|grant| !withheld.contains(grant)).collect();
        Ok(self.registry.approve(self.version, &grants, None, ACTOR).await?)
    }

    /// Lets the module serve; its own `activate` runs.
    ///
    /// # Errors
    /// Where it refuses.
    pub async fn activate(&self) -> Result<Arc<Active>> {
        Ok(self.registry.activate(self.version, ACTOR).await?)
    }

    /// The module as it serves.
    ///
    /// # Errors
    /// Before it is activated.
    pub(crate) fn active(&self) -> Result<Arc<Active>> {
        Ok(self.registry.active(&self.key)?)
    }
}

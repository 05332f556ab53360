//! The one place where the layers below the pages are put together, for a panel that serves and for one that a module is tried on.

use std::path::PathBuf;
use std::sync::Arc;

use caisson_billing::{Billing, Ports};
use caisson_capabilities::Host;
use caisson_capabilities::http::egress::{Egress, EgressConfig, EgressError};
use caisson_registry::{Registry, Signatures};
use caisson_sandbox::{Compiler, EngineConfig, Recorder, RecorderConfig, Sandbox, SandboxConfig, Watch};
use caisson_storage::tables::{Tables, TablesConfig};
use caisson_storage::{Db, FsPackages, StorageError, Vault};
use caisson_types::Budgets;

/// What one panel has that another may have otherwise.
pub struct PanelConfig {
    /// Opened, and up to date.
    pub db: Db,
    pub vault: Arc<Vault>,
    /// The folder of the packages.
    pub packages: PathBuf,
    /// The folder of what they were compiled to, sealed with a key of the vault.
    pub artefacts: PathBuf,
    pub compiler: Compiler,
    pub engine: EngineConfig,
    pub egress: EgressConfig,
    pub recorder: RecorderConfig,
    /// Is shown every call that is recorded.
    pub watch: Option<Arc<dyn Watch>>,
    pub signatures: Signatures,
    /// Where browsers and providers reach the panel.
    pub public_url: String,
}

/// A panel without its pages.
pub struct Panel {
    pub db: Db,
    pub sandbox: Arc<Sandbox>,
    pub registry: Arc<Registry>,
    pub billing: Arc<Billing>,
    /// What modules reach of the panel.
    pub ports: Arc<Ports>,
    /// Modules' own tables.
    pub tables: Arc<Tables>,
    pub recorder: Recorder,
}

/// Which part was not to be had.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    #[error("the tables of the modules cannot be read")]
    Tables(#[from] StorageError),
    #[error("the way out to the network cannot be made")]
    Egress(#[from] EgressError),
    #[error("the sandbox cannot be started: {0}")]
    Sandbox(String),
}

impl Panel {
    /// Puts it together. No module is loaded yet: that is [`Registry::start`].
    ///
    /// # Errors
    /// Where the database cannot be read, or this machine cannot run a sandbox.
    pub async fn new(config: PanelConfig) -> Result<Self, PanelError> {
        let PanelConfig { db, vault, .. } = config;
        let ports = Arc::new(Ports::new(Arc::clone(&vault), db.signal().clone()));
        let tables = Arc::new(Tables::new(db.clone(), TablesConfig::default()).await?);
        let host = Arc::new(Host {
            egress: Egress::new(config.egress)?,
            services: ports.clone(),
            tasks: ports.clone(),
            payments: ports.clone(),
            tables: Arc::clone(&tables),
            vault: Arc::clone(&vault),
        });
        let recorder = Recorder::start(db.clone(), config.recorder, config.watch);
        let sandbox = SandboxConfig {
            engine: config.engine,
            cache: config.artefacts,
            key: vault.derive("artefact-cache"),
            compiler: config.compiler,
        };
        let sandbox = Sandbox::new(sandbox, host, recorder.clone());
        let sandbox = Arc::new(sandbox.map_err(|error| PanelError::Sandbox(format!("{error:#}")))?);
        let packages = FsPackages::new(config.packages);
        let registry =
            Registry::new(db.clone(), packages, Arc::clone(&sandbox), Arc::clone(&vault), Budgets::default());
        let registry = Arc::new(registry.with_signatures(config.signatures));
        let billing = Arc::new(Billing::new(
            db.clone(),
            Arc::clone(&registry),
            vault,
            db.signal().clone(),
            &config.public_url,
        ));
        Ok(Self { db, sandbox, registry, billing, ports, tables, recorder })
    }
}

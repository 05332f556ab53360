//! A panel's calls without its pages: what benches measure.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use caisson_billing::Ports;
use caisson_capabilities::http::egress::{Egress, EgressConfig};
use caisson_capabilities::{CallContext, Host};
use caisson_registry::{Active, Registry};
use caisson_sandbox::{
    Answer, Compiler, EngineConfig, Export, Parameters, Recorder, RecorderConfig, Sandbox, SandboxConfig,
};
use caisson_storage::tables::{Tables, TablesConfig};
use caisson_storage::{Db, FsPackages, Vault};
use caisson_tests::support::caisson_program;
use caisson_types::{Budgets, Secret};

/// One module on a panel's own way, from the registry down.
#[derive(Clone)]
pub(crate) struct Caisson {
    pub(crate) registry: Arc<Registry>,
    pub(crate) active: Arc<Active>,
}

impl Caisson {
    /// Everything in `folder`, the database in its `panel.db`; the module may do all that it asks for.
    pub(crate) async fn new(
        package: Vec<u8>,
        folder: &Path,
        allow_private: &[SocketAddr],
    ) -> anyhow::Result<Self> {
        let db = Db::connect(&format!("sqlite:{}", folder.join("panel.db").display()), 4).await?;
        db.migrate().await?;
        let vault = Arc::new(Vault::new(Secret::new(vec![7; 32]))?);
        let ports = Arc::new(Ports::new(Arc::clone(&vault), db.signal().clone()));
        let tables = Tables::new(db.clone(), TablesConfig::default()).await?;
        let allow_private =
            allow_private.iter().map(|address| address.to_string().parse()).collect::<Result<_, _>>()?;
        let host = Arc::new(Host {
            tables: Arc::new(tables),
            egress: Egress::new(EgressConfig { allow_private, ..EgressConfig::default() })?,
            services: ports.clone(),
            tasks: ports.clone(),
            payments: ports,
            vault: Arc::clone(&vault),
        });
        let sandbox = SandboxConfig {
            engine: EngineConfig::default(),
            cache: folder.join("artefacts"),
            key: vault.derive("artefact-cache"),
            compiler: Compiler::new(caisson_program()?, ["compile-component".to_owned()]),
        };
        let recorder = Recorder::start(db.clone(), RecorderConfig::default(), None);
        let sandbox = Arc::new(Sandbox::new(sandbox, host, recorder).map_err(wasmtime_error)?);
        let packages = FsPackages::new(folder.join("packages"));
        let registry = Arc::new(Registry::new(db, packages, sandbox, vault, Budgets::default()));
        let installed = registry.install(package, "bench").await?;
        let grants: Vec<_> =
            registry.asked(installed.id).await?.into_iter().map(|asked| asked.request.id).collect();
        registry.approve(installed.id, &grants, None, "bench").await?;
        let active = registry.activate(installed.id, "bench").await?;
        Ok(Self { registry, active })
    }

    pub(crate) async fn call<P: Parameters, R: Answer>(
        &self,
        export: &Export<P, R>,
        parameters: P,
    ) -> anyhow::Result<R> {
        Ok(self.registry.call(&self.active, CallContext::default(), export, parameters).await?)
    }
}

pub(crate) fn wasmtime_error(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

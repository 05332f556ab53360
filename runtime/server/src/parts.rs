//! The one place where parts are put together.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use caisson_billing::{Billing, Ports};
use caisson_capabilities::Host;
use caisson_capabilities::http::egress::{Egress, EgressConfig};
use caisson_registry::Registry;
use caisson_sandbox::{Compiler, EngineConfig, Recorder, RecorderConfig, Sandbox, SandboxConfig, Watch};
use caisson_storage::tables::{Tables, TablesConfig};
use caisson_storage::{Db, FsPackages, Vault, vault};
use caisson_types::Budgets;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::Config;
use crate::telemetry::Exporter;

/// A panel, ready to serve or to work.
pub(crate) struct Panel {
    pub(crate) db: Db,
    pub(crate) registry: Arc<Registry>,
    pub(crate) billing: Arc<Billing>,
    pub(crate) recorder: Recorder,
    pub(crate) telemetry: Option<Arc<Exporter>>,
}

/// Connections of one process to the database.
const CONNECTIONS: u32 = 16;

/// The database alone, migrated.
pub(crate) async fn database(config: &Config) -> anyhow::Result<Db> {
    std::fs::create_dir_all(&config.data.dir)
        .with_context(|| format!("the data directory {} cannot be made", config.data.dir.display()))?;
    let db =
        Db::connect(&config.database_url(), CONNECTIONS).await.context("the database cannot be opened")?;
    db.migrate().await.context("the database cannot be migrated")?;
    Ok(db)
}

/// Everything, with all active modules loaded.
pub(crate) async fn panel(config: &Config) -> anyhow::Result<Panel> {
    let db = database(config).await?;
    let data = &config.data.dir;
    let vault = Arc::new(
        Vault::new(vault::load_or_create(&data.join("master.key"))?)
            .context("the master key cannot be used")?,
    );
    let allow_private = config
        .egress
        .allow_private
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .context("egress.allow_private")?;
    let extra_roots = extra_roots(&config.egress.ca_files)?;
    let ports = Arc::new(Ports::new(Arc::clone(&vault), db.signal().clone()));
    let tables =
        Tables::new(db.clone(), TablesConfig::default()).await.context("the database cannot be read")?;
    let host = Arc::new(Host {
        egress: Egress::new(EgressConfig { allow_private, extra_roots, ..EgressConfig::default() })?,
        services: ports.clone(),
        tasks: ports.clone(),
        payments: ports,
        tables: Arc::new(tables),
        vault: Arc::clone(&vault),
    });
    let telemetry = config.telemetry.otlp_endpoint.as_deref();
    let telemetry = telemetry.map(Exporter::start).transpose()?.map(Arc::new);
    let recorder = Recorder::start(
        db.clone(),
        RecorderConfig {
            samples_per_second: config.inspector.samples_per_second,
            ..RecorderConfig::default()
        },
        telemetry.clone().map(|exporter| exporter as Arc<dyn Watch>),
    );
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let sandbox = SandboxConfig {
        engine: EngineConfig::default(),
        cache: data.join("artefacts"),
        key: vault.derive("artefact-cache"),
        compiler: Compiler::new(program, ["compile-component".to_owned()]),
    };
    let sandbox = Arc::new(
        Sandbox::new(sandbox, host, recorder.clone())
            .map_err(|error| anyhow::anyhow!("the sandbox cannot be started: {error:#}"))?,
    );
    let packages = FsPackages::new(data.join("packages"));
    let registry = Registry::new(db.clone(), packages, sandbox, Arc::clone(&vault), Budgets::default());
    let registry = Arc::new(registry.with_signatures(config.packages.signatures));
    registry.start().await?;
    let billing = Arc::new(Billing::new(db.clone(), Arc::clone(&registry), vault, db.signal().clone()));
    Ok(Panel { db, registry, billing, recorder, telemetry })
}

/// Every certificate of the operator's files.
fn extra_roots(files: &[PathBuf]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for file in files {
        let unusable = || format!("egress.ca_files: {} holds no certificates in PEM", file.display());
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(file).with_context(unusable)? {
            roots.push(certificate.with_context(unusable)?);
        }
        ensure!(roots.len() > before, unusable());
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (one, none) = (folder.path().join("one.pem"), folder.path().join("none.pem"));
        // What is in it is judged when it is trusted; here it is only read.
        std::fs::write(&one, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        std::fs::write(&none, "not a certificate").unwrap();
        assert_eq!(extra_roots(&[one.clone(), one]).unwrap().len(), 2);
        for wrong in [none, folder.path().join("missing.pem")] {
            let refused = extra_roots(std::slice::from_ref(&wrong)).unwrap_err().to_string();
            assert!(refused.contains(&wrong.display().to_string()), "{refused}");
        }
    }
}

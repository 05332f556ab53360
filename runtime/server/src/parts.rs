//! The panel that the configuration describes.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use caisson_billing::Billing;
use caisson_capabilities::http::egress::EgressConfig;
use caisson_panel::PanelConfig;
use caisson_registry::Registry;
use caisson_sandbox::{Compiler, EngineConfig, Recorder, RecorderConfig, Watch};
use caisson_storage::{Db, Vault, vault};
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

/// Everything, with all active modules loaded; its calls go to the collector, where one is configured.
pub(crate) async fn panel(config: &Config) -> anyhow::Result<Panel> {
    let telemetry = config.telemetry.otlp_endpoint.as_deref();
    let telemetry = telemetry.map(Exporter::start).transpose()?.map(Arc::new);
    let watch = telemetry.clone().map(|exporter| exporter as Arc<dyn Watch>);
    Ok(Panel { telemetry, ..watched_panel(config, watch).await? })
}

/// The same, with its calls shown to `watch` alone.
pub(crate) async fn watched_panel(config: &Config, watch: Option<Arc<dyn Watch>>) -> anyhow::Result<Panel> {
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
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let panel = caisson_panel::Panel::new(PanelConfig {
        db,
        vault,
        packages: data.join("packages"),
        artefacts: data.join("artefacts"),
        compiler: Compiler::new(program, ["compile-component".to_owned()]),
        engine: EngineConfig::default(),
        egress: EgressConfig { allow_private, extra_roots, ..EgressConfig::default() },
        recorder: RecorderConfig {
            samples_per_second: config.inspector.samples_per_second,
            ..RecorderConfig::default()
        },
        watch,
        signatures: config.packages.signatures,
    });
    let caisson_panel::Panel { db, registry, billing, recorder, .. } = panel.await?;
    registry.start().await?;
    Ok(Panel { db, registry, billing, recorder, telemetry: None })
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

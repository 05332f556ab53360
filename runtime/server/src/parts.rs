//! The panel that the configuration describes.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, ensure};
use caisson_billing::Billing;
use caisson_capabilities::http::egress::EgressConfig;
use caisson_panel::PanelConfig;
use caisson_registry::Registry;
use caisson_sandbox::{Compiler, EngineConfig, Recorder, RecorderConfig, Watch};
use caisson_storage::{Db, Vault, vault};
use caisson_types::Secret;
use rustls::RootCertStore;
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
    /// Lets whoever runs the panel make its first administrator.
    pub(crate) setup_code: Secret<String>,
}

/// Connections of one process to the database.
const CONNECTIONS: u32 = 16;
/// More than anybody guesses.
const SETUP_CODE_BYTES: usize = 16;

/// The database alone, migrated.
pub(crate) async fn database(config: &Config) -> anyhow::Result<Db> {
    std::fs::create_dir_all(&config.data.dir)
        .with_context(|| format!("the data directory {} cannot be made", config.data.dir.display()))?;
    let db = Db::connect(&config.database_url(), CONNECTIONS)
        .await
        .with_context(|| format!("the database {} cannot be opened", config.database_shown()))?;
    db.migrate()
        .await
        .with_context(|| format!("the database {} cannot be migrated", config.database_shown()))?;
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
    let setup_code = Secret::new(hex::encode(&vault.derive("setup-code").expose()[..SETUP_CODE_BYTES]));
    let allow_private = config
        .egress
        .allow_private
        .iter()
        .map(|text| text.parse().map_err(|error| anyhow!("egress.allow_private: {error}")))
        .collect::<anyhow::Result<_>>()?;
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
        public_url: config.server.public_url.clone(),
    });
    let caisson_panel::Panel { db, registry, billing, recorder, .. } =
        panel.await.with_context(|| format!("nothing can be served from {}", data.display()))?;
    registry.start().await?;
    Ok(Panel { db, registry, billing, recorder, telemetry: None, setup_code })
}

/// Every certificate of the operator's files.
fn extra_roots(files: &[PathBuf]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for file in files {
        let text = std::fs::read(file)
            .with_context(|| format!("egress.ca_files: {} cannot be read", file.display()))?;
        let found: Vec<_> =
            CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().unwrap_or_default();
        ensure!(!found.is_empty(), "egress.ca_files: {} holds no certificates in PEM", file.display());
        for certificate in found {
            ensure!(
                RootCertStore::empty().add(certificate.clone()).is_ok(),
                "egress.ca_files: {} holds a certificate that cannot be trusted, since it is damaged",
                file.display()
            );
            roots.push(certificate);
        }
    }
    Ok(roots)
}

//! `caisson module dev`: a panel for one module that is being worked on.

mod terminal;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use caisson_capabilities::http::egress::PrivateException;
use caisson_package::build::read_manifest;
use caisson_registry::Signatures;
use caisson_storage::admins;
use caisson_types::Secret;
use caisson_web::auth::{hash_password, new_token};
use caisson_workshop::workbench::{Changes, Serving, Workbench, WorkbenchError};
use clap::Args;

use self::terminal::Terminal;
use crate::cli::{admin, run};
use crate::config::{self, Config};
use crate::parts;

/// The one administrator of such a panel.
const EMAIL: &str = "dev@example.com";
/// The file that keeps his password.
const PASSWORD: &str = "password";
/// Every call is shown.
const SAMPLES: u64 = 10_000;

#[derive(Args)]
pub(crate) struct DevArguments {
    /// The module's folder.
    dir: PathBuf,
    /// Where the panel listens: an address of this machine alone.
    #[arg(long, default_value = "127.0.0.1:8088")]
    listen: SocketAddr,
    /// Where the panel keeps its data from one run to the next. Default: a folder of the module's below --target-dir.
    #[arg(long, conflicts_with = "fresh")]
    data: Option<PathBuf>,
    /// Begin with an empty panel.
    #[arg(long)]
    fresh: bool,
    /// A private address or network that the module may reach, such as 10.0.0.5:8081 or 10.0.0.0/24:443.
    #[arg(long)]
    allow_private: Vec<PrivateException>,
    /// Where compilers keep what they made; shared by all modules.
    #[arg(long, default_value = "target/guests")]
    target_dir: PathBuf,
}

pub(super) async fn dev(asked: DevArguments) -> anyhow::Result<()> {
    // Whoever reaches it may do everything with the module that its manifest asks for.
    ensure!(
        asked.listen.ip().is_loopback(),
        "--listen {}: a panel to develop on is for this machine alone; take an address such as 127.0.0.1:8088",
        asked.listen
    );
    let options = super::options(asked.target_dir.clone())?;
    let manifest = read_manifest(&asked.dir)?;
    let (kind, name) = (manifest.module.kind, &manifest.module.name);
    let data = asked.data.clone().unwrap_or_else(|| options.target_dir.join(format!("dev/{kind}-{name}")));
    if asked.fresh && data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("{} cannot be removed", data.display()))?;
    }
    let config = configuration(&asked, data.clone());
    let changes = Changes::of(&asked.dir)?;
    let panel = parts::watched_panel(&config, Some(Arc::new(Terminal))).await?;
    let password = administrator(&panel, &data).await?;
    let mut workbench = Workbench::new(asked.dir.clone(), options, Arc::clone(&panel.registry));

    let role = run::Role { web: true, worker: true };
    let serving = run::serve(&config, panel, role, run::stop(), move |address| {
        println!("panel   http://{address}/admin  as {EMAIL} with the password {}", password.expose());
    });
    let working = async {
        loop {
            tell(workbench.turn().await);
            changes.next().await;
        }
    };
    tokio::select! {
        served = serving => served,
        () = working => Ok(()),
    }
}

/// A panel that nobody else sees, and that lets its author do what he wants.
fn configuration(asked: &DevArguments, data: PathBuf) -> Config {
    let server = config::Server {
        listen: asked.listen,
        public_url: format!("http://{}", asked.listen),
        ..config::Server::default()
    };
    let mut config = Config { server, data: config::Data { dir: data }, ..Config::default() };
    config.packages.signatures = Signatures::Off;
    config.egress.allow_private = asked.allow_private.iter().map(ToString::to_string).collect();
    config.inspector.samples_per_second = SAMPLES;
    config.queue.workers = 2;
    config
}

/// The panel's administrator, made when it is started first; his password.
async fn administrator(panel: &parts::Panel, data: &Path) -> anyhow::Result<Secret<String>> {
    let file = data.join(PASSWORD);
    let mut tx = panel.db.begin().await?;
    if admins::count(&mut tx).await? > 0 {
        let kept = std::fs::read_to_string(&file);
        return kept.map(Secret::new).with_context(|| {
            format!("{} cannot be read; begin again with an empty panel: --fresh", file.display())
        });
    }
    let password = new_token();
    let password_hash = hash_password(password.clone()).await?;
    admin::create(&mut tx, EMAIL.to_owned(), "Developer".to_owned(), password_hash).await?;
    let mut kept = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&file)?;
    kept.write_all(password.expose().as_bytes())?;
    tx.commit().await?;
    Ok(password)
}

fn tell(turn: Result<Option<Serving>, WorkbenchError>) {
    let seconds = Duration::as_secs_f32;
    match turn {
        Ok(None) => {}
        Ok(Some(serving)) => {
            let Serving { key, version, built_in, swapped_in, .. } = &serving;
            let (built, swapped) = (seconds(built_in), seconds(swapped_in));
            println!("serves  {key} {version}: built in {built:.1} s, swapped in {swapped:.1} s");
        }
        Err(error) => println!("broken  {error}"),
    }
}

use anyhow::Context as _;
use caisson_types::{CallId, ModuleKey};
use clap::Subcommand;
use serde::Serialize;

use super::calls::{self, CallsArguments, LogArguments, NarrowArguments};
use super::sbom::{self, SbomArguments};
use super::sign::InstallArguments;
use super::{author, print_list, sign, upgrade};
use crate::config::Config;
use crate::parts;

/// Who the audit log names.
const ACTOR: &str = "command line";

#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Author(author::Command),
    /// Install a package from a file, an address or a registry, with the signature that lies beside it.
    Install(InstallArguments),
    /// List what a package is made of, as its author says.
    Sbom(SbomArguments),
    /// Show what a module asks for, or grant it.
    Grant {
        /// Such as product/powerdns.
        module: ModuleKey,
        /// Grant everything it asks for.
        #[arg(long, conflicts_with = "grant")]
        all: bool,
        /// Grant this request, by its id; what is not named is not granted.
        #[arg(long)]
        grant: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Upgrade(upgrade::Command),
    /// Stop a module from serving; its data stays.
    Deactivate { module: ModuleKey },
    /// Let a module serve again that was quarantined after repeated failures.
    Release { module: ModuleKey },
    /// Report what a module was granted, what it used and what it was denied.
    Grants {
        module: ModuleKey,
        /// How long a grant must have been there, and not been used, to count as unused.
        #[arg(long, default_value_t = 30)]
        days: u32,
        #[arg(long)]
        json: bool,
    },
    /// Take grants away that a module does not use; it goes on serving.
    Narrow(NarrowArguments),
    /// List a module's calls: all that failed, logged or were denied something, and a sample of the others.
    Calls(CallsArguments),
    /// Show one call with its timeline.
    Call {
        id: CallId,
        #[arg(long)]
        json: bool,
        /// All that is known of it, without secrets, as one JSON document for the module's author.
        #[arg(long, conflicts_with = "json")]
        bundle: bool,
    },
    /// List what a module logged.
    Log(LogArguments),
    /// List installed modules.
    List {
        #[arg(long)]
        json: bool,
    },
    /// List the routes, tabs and actions that active modules add.
    Routes {
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Author(command) => author::run(config, command).await,
        Command::Calls(asked) => calls::list(&parts::database(config).await?, asked).await,
        Command::Call { id, json, bundle: false } => {
            calls::show(&parts::database(config).await?, id, json).await
        }
        Command::Sbom(asked) => sbom::show(asked, config).await,
        Command::Log(asked) => calls::log(&parts::database(config).await?, asked).await,
        command => with_panel(config, command).await,
    }
}

async fn with_panel(config: &Config, command: Command) -> anyhow::Result<()> {
    let panel = parts::panel(config).await?;
    let registry = &panel.registry;
    match command {
        // Done before a panel was put together.
        Command::Author(_) | Command::Calls(_) | Command::Log(_) | Command::Sbom(_) => {}
        Command::Install(asked) => {
            let (package, plays) = (asked.package.clone(), asked.conformance);
            let upload = sign::upload(asked, registry).await?;
            if plays {
                author::conforms(&upload.package, config.data.dir.join("trials")).await?;
            }
            let installed = registry.install(upload, ACTOR).await;
            sign::tell(&installed.with_context(|| format!("{package} cannot be installed"))?);
        }
        Command::Grant { module, all, grant, json } => {
            let version = registry.find_version(&module, None).await?;
            let asked = registry.asked(version).await?;
            if !all && grant.is_empty() && !asked.is_empty() {
                print_list(
                    json,
                    &asked,
                    |asked| {
                        format!(
                            "[{}] {}  {}",
                            if asked.granted { "x" } else { " " },
                            asked.request.id,
                            asked.request.sentence
                        )
                    },
                    "",
                )?;
            } else {
                let grants: Vec<_> = match all {
                    true => asked.into_iter().map(|asked| asked.request.id).collect(),
                    false => grant.into_iter().map(caisson_types::manifest::GrantId).collect(),
                };
                registry.approve(version, &grants, None, ACTOR).await?;
                println!("{module} is granted {} of its requests.", grants.len());
            }
        }
        Command::Upgrade(command) => upgrade::run(&panel, command, ACTOR).await?,
        Command::Deactivate { module } => {
            registry.deactivate(&module, ACTOR).await?;
            println!("{module} no longer serves; its data stays.");
        }
        Command::Release { module } => {
            registry.release(&module, ACTOR).await?;
            println!("{module} is released: its calls and its tasks go on.");
        }
        Command::Grants { module, days, json } => calls::report(&panel, &module, days, json).await?,
        Command::Narrow(asked) => calls::narrow(&panel, asked, ACTOR).await?,
        Command::Call { id, .. } => {
            println!("{}", serde_json::to_string_pretty(&registry.bundle(id).await?)?);
        }
        Command::List { json } => list(&panel, json).await?,
        Command::Routes { json } => routes(&panel, json)?,
    }
    panel.recorder.flush().await;
    Ok(())
}

#[derive(Serialize)]
struct Line {
    module: String,
    version: String,
    status: &'static str,
    update: Option<String>,
    title: String,
}

async fn list(panel: &parts::Panel, json: bool) -> anyhow::Result<()> {
    let lines: Vec<Line> = panel
        .registry
        .list()
        .await?
        .into_iter()
        .map(|listed| Line {
            module: listed.key.to_string(),
            version: listed.shown().version.to_string(),
            status: listed.status.as_str(),
            update: listed.update().map(|version| version.version.to_string()),
            title: listed.shown().manifest.module.title.clone(),
        })
        .collect();
    let line = |line: &Line| {
        let update = line.update.as_ref().map_or(String::new(), |update| format!(" -> {update}"));
        format!("{:<32} {}{update}  {}  {}", line.module, line.version, line.status, line.title)
    };
    print_list(
        json,
        &lines,
        line,
        "No module is installed; install one with 'caisson module install <package>'.",
    )
}

#[derive(Serialize)]
struct RouteLine {
    module: String,
    kind: &'static str,
    method: &'static str,
    path: String,
}

fn routes(panel: &parts::Panel, json: bool) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for active in panel.registry.all_active() {
        let module = active.key.to_string();
        let mut add =
            |kind, method, path: String| lines.push(RouteLine { module: module.clone(), kind, method, path });
        for route in &active.manifest.admin.routes {
            add("admin page", route.method.as_str(), route.uri.clone());
        }
        for route in &active.manifest.admin.api {
            add("admin api", route.method.as_str(), route.uri.clone());
        }
        for tab in &active.manifest.client.tabs {
            add("client tab", "GET", tab.key.to_string());
        }
        for action in &active.manifest.client.actions {
            add("client action", "POST", action.key.to_string());
        }
    }
    let line =
        |line: &RouteLine| format!("{:<32} {:<14} {:<6} {}", line.module, line.kind, line.method, line.path);
    print_list(json, &lines, line, "No active module adds a route.")
}

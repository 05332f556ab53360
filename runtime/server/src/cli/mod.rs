//! The command line. Each command's work is in its own file; what it prints is for people, or JSON with `--json`.

mod admin;
mod author;
mod calls;
mod failure;
mod login;
mod module;
mod publisher;
mod queue;
mod run;
mod sbom;
mod sign;
mod upgrade;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use failure::in_words;

use crate::config::Config;
use crate::parts;

/// A hosting panel that runs third-party modules in a sandbox.
#[derive(Parser)]
#[command(name = "caisson", version)]
pub(crate) struct Arguments {
    /// The configuration file; default: caisson.toml, where it is there.
    #[arg(long, global = true, env = "CAISSON_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the panel and work on tasks, in one process.
    Serve,
    /// Serve the panel only.
    Web,
    /// Work on tasks only.
    Worker,
    /// Bring the database up to date.
    Migrate,
    /// Administrators of the panel.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Modules: build, pack, install, grant, activate.
    #[command(subcommand)]
    Module(module::Command),
    /// Publishers whose signatures on packages are trusted.
    #[command(subcommand)]
    Publisher(publisher::Command),
    /// The queue of tasks.
    #[command(subcommand)]
    Queue(queue::Command),
    /// Compiles a component under limits; the panel runs this itself.
    #[command(hide = true)]
    CompileComponent { component: PathBuf, artefact: PathBuf },
}

impl Command {
    /// Whether it runs until it is told to stop.
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Self::Serve | Self::Web | Self::Worker)
    }

    /// What is logged where `CAISSON_LOG` does not say.
    pub(crate) fn log_level(&self) -> &'static str {
        match self {
            command if command.serves() => "info,hyper=warn,sqlx=warn",
            // What a module does wrong is what these commands tell.
            Self::Module(module::Command::Author(_)) => "error",
            _ => "warn",
        }
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::load(arguments.config.as_deref())?;
    match arguments.command {
        Command::Serve => run::run(&config, run::Role { web: true, worker: true }).await,
        Command::Web => run::run(&config, run::Role { web: true, worker: false }).await,
        Command::Worker => run::run(&config, run::Role { web: false, worker: true }).await,
        Command::Migrate => {
            parts::database(&config).await?;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Admin(command) => admin::run(&config, command).await,
        Command::Module(command) => module::run(&config, command).await,
        Command::Publisher(command) => publisher::run(&config, command).await,
        Command::Queue(command) => queue::run(&config, command).await,
        // Done before anything of the panel was touched.
        Command::CompileComponent { .. } => Ok(()),
    }
}

/// Prints what a list holds, as JSON or line by line.
fn print_list<T: serde::Serialize>(
    json: bool,
    items: &[T],
    line: impl Fn(&T) -> String,
    empty: &str,
) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(items)?);
    } else if items.is_empty() {
        println!("{empty}");
    } else {
        for item in items {
            println!("{}", line(item));
        }
    }
    Ok(())
}

//! What authors of modules do; no panel is needed for it.

mod check;
mod dev;
mod new;
mod plan;
mod publish;
mod replay;
mod test;

use std::path::{Path, PathBuf};

use anyhow::Context;
use caisson_capabilities::http::egress::PrivateException;
use caisson_package::archive::Extras;
use caisson_package::build::{BuildOptions, Messages, bill_of_materials, build_module};
use caisson_workshop::stage::StageConfig;
use clap::Subcommand;

use self::check::CheckArguments;
use self::dev::DevArguments;
use self::new::NewArguments;
use self::plan::PlanArguments;
use self::publish::PublishArguments;
use self::replay::ReplayArguments;
use self::test::TestArguments;
use super::sign::{self, SignArguments, VerifyArguments};
use crate::config::Config;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the folder of a new module that builds, packs and runs.
    New(NewArguments),
    /// Build a module's folder into a component.
    Build {
        dir: PathBuf,
        /// Where compilers keep what they made; shared by all modules.
        #[arg(long, default_value = "target/guests")]
        target_dir: PathBuf,
    },
    /// Run a module's scenarios in the real sandbox.
    Test(TestArguments),
    /// Serve a module that is being worked on, on a panel of its own: built and swapped after every change, with its calls in the terminal.
    Dev(DevArguments),
    /// Build a module's folder and pack it into a package.
    Pack {
        dir: PathBuf,
        /// Default: <name>-<version>.caisson in this folder.
        #[arg(long)]
        output: Option<PathBuf>,
        /// Where compilers keep what they made; shared by all modules.
        #[arg(long, default_value = "target/guests")]
        target_dir: PathBuf,
    },
    /// Judge a module before anybody installs it: its parts, whether they agree, what it costs.
    Check(CheckArguments),
    /// Show what a call would do: its requests, its rows, its tasks.
    Plan(PlanArguments),
    /// Make a call that failed on a panel again, from the bundle that its administrator sent.
    Replay(ReplayArguments),
    /// Push a package to a registry of artifacts, with the signature that lies beside it.
    Publish(PublishArguments),
    /// Make a publisher's key, to sign packages with.
    Keygen {
        /// The two files' name without .key and .pub.
        #[arg(long, default_value = "publisher")]
        out: PathBuf,
    },
    /// Sign a package: writes its .minisig file.
    Sign(SignArguments),
    /// Check a package against its signature.
    Verify(VerifyArguments),
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::New(asked) => new::new(asked),
        Command::Build { dir, target_dir } => {
            let built = build_module(&dir, &options(target_dir)?)?;
            println!("{}", built.component.display());
            Ok(())
        }
        Command::Test(asked) => test::test(asked).await,
        Command::Dev(asked) => dev::dev(asked).await,
        Command::Pack { dir, output, target_dir } => pack(&dir, output, target_dir),
        Command::Check(asked) => check::check(asked).await,
        Command::Plan(asked) => plan::plan(asked).await,
        Command::Replay(asked) => replay::replay(asked, config).await,
        Command::Publish(asked) => publish::run(asked).await,
        Command::Keygen { out } => sign::keygen(&out),
        Command::Sign(asked) => sign::sign(asked),
        Command::Verify(asked) => sign::verify(asked, config).await,
    }
}

/// Stages of this program, with what compilers keep.
fn stage(options: &BuildOptions, allow_private: Vec<PrivateException>) -> anyhow::Result<StageConfig> {
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    Ok(StageConfig { program, kept: options.target_dir.join("stage"), allow_private })
}

/// Plays a package's scenarios, and tells what goes wrong.
///
/// # Errors
/// Where something does, or the package cannot be read.
pub(super) async fn conforms(package: &[u8], kept: PathBuf) -> anyhow::Result<()> {
    check::conforms(package, &options(kept)?).await
}

fn options(target_dir: PathBuf) -> anyhow::Result<BuildOptions> {
    // Compilers run in the module's folder; the path must mean the same there.
    let target_dir = std::path::absolute(target_dir).context("this folder cannot be found")?;
    Ok(BuildOptions { target_dir, out: None, messages: Messages::Show })
}

fn pack(dir: &Path, output: Option<PathBuf>, target_dir: PathBuf) -> anyhow::Result<()> {
    let built = build_module(dir, &options(target_dir)?)?;
    let sbom = bill_of_materials(dir)?;
    let extras = Extras { sbom: Some(&sbom), ..Extras::default() };
    let bytes = caisson_package::pack_with(dir, &built.component, extras)?;
    let output = match output {
        Some(output) => output,
        None => {
            let manifest = caisson_package::archive::read(&bytes)?.manifest;
            PathBuf::from(format!("{}-{}.caisson", manifest.module.name, manifest.module.version))
        }
    };
    std::fs::write(&output, bytes).with_context(|| format!("{} cannot be written", output.display()))?;
    println!("{}", output.display());
    Ok(())
}

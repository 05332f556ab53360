//! `caisson module replay`: a call that failed on a panel, made again in the real sandbox.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use caisson_package::build::{build_module, read_manifest};
use caisson_types::CallId;
use caisson_workshop::replay::{Recorded, Verdict};
use caisson_workshop::scenario::{self, CallSeen};
use clap::Args;
use serde_json::json;

use crate::config::Config;
use crate::parts;

#[derive(Args)]
pub(crate) struct ReplayArguments {
    /// The bundle that the panel's administrator sent; with --call, the module's folder.
    #[arg(required_unless_present = "call", value_name = "BUNDLE")]
    bundle: Option<PathBuf>,
    /// The module's folder, which is built first; default: this one.
    #[arg(conflicts_with = "call")]
    dir: Option<PathBuf>,
    /// A call of this machine's own panel in place of a bundle; without a folder, the package that was called is played.
    #[arg(long, value_name = "ID")]
    call: Option<CallId>,
    /// Write it down as a scenario, such as tests/late-answer.toml.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[arg(long)]
    json: bool,
    /// Where compilers keep what they made; shared by all modules.
    #[arg(long, default_value = "target/guests")]
    target_dir: PathBuf,
}

pub(super) async fn replay(asked: ReplayArguments, config: &Config) -> anyhow::Result<()> {
    let (recorded, folder, installed) = match (asked.call, &asked.bundle) {
        (Some(id), folder) => {
            let (recorded, package) = of_panel(config, id, folder.is_none()).await?;
            (recorded, folder.clone(), package)
        }
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let recorded =
                Recorded::read(&text).with_context(|| format!("{} cannot be played", path.display()))?;
            (recorded, Some(asked.dir.clone().unwrap_or_else(|| PathBuf::from("."))), None)
        }
        (None, None) => bail!("name a bundle, or a call with --call"),
    };
    let options = super::options(asked.target_dir)?;
    let package = match (folder, installed) {
        (Some(folder), _) => {
            recorded.must_be_of(&read_manifest(&folder)?.key())?;
            caisson_package::pack(&folder, &build_module(&folder, &options)?.component)?
        }
        (None, Some(package)) => package,
        (None, None) => {
            bail!("the package that was called is not installed any more; name the module's folder")
        }
    };
    let stage = super::stage(&options, Vec::new())?;
    let observed = scenario::play(&stage, package, &recorded.scenario)
        .await
        .with_context(|| format!("the call {} could not be made again", recorded.export))?;
    let verdict = recorded.judge(&observed);
    let told = scenario::tell(&observed);
    if asked.json {
        let document = json!({
            "call": recorded.export, "then": recorded.then, "verdict": verdict, "now": told,
            "left_out": recorded.left_out,
        });
        println!("{document:#}");
    } else {
        println!("{} of {}", recorded.export, named(&recorded));
        println!("then: {}", in_words(&recorded.then));
        print!("now:  {told}");
        for sentence in &recorded.left_out {
            println!("not replayed: {sentence}");
        }
    }
    if let Some(path) = &asked.save {
        recorded.save(path, &observed)?;
        if !asked.json {
            println!("The scenario is in {}; say in its 'then' what must come of it.", path.display());
        }
    }
    match verdict {
        Verdict::Mended => {
            if !asked.json {
                println!("The call ends well now.");
            }
            Ok(())
        }
        Verdict::Same(now) => bail!("the call fails as it did: {}", in_words(&now)),
        Verdict::Other(now) => bail!("the call fails in another way: {}", in_words(&now)),
    }
}

/// What a call of this machine's panel was, and the package it was made of.
async fn of_panel(config: &Config, id: CallId, packed: bool) -> anyhow::Result<(Recorded, Option<Vec<u8>>)> {
    let panel = parts::panel(config).await?;
    let bundle = panel.registry.bundle(id).await?;
    let recorded = Recorded::read(&serde_json::to_string(&bundle)?)?;
    let package = match (packed, &recorded.digest) {
        (true, Some(digest)) => Some(panel.registry.packed(digest).await?),
        _ => None,
    };
    Ok((recorded, package))
}

fn named(recorded: &Recorded) -> String {
    let version = recorded.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    format!("{}{version}", recorded.module)
}

fn in_words(seen: &CallSeen) -> String {
    match &seen.message {
        Some(message) => format!("{} ({message})", seen.outcome),
        None => seen.outcome.clone(),
    }
}

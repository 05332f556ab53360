//! The engines: each is started with the bundle, and what it then is becomes the component.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::super::digest::digest;
use super::project::Project;
use super::tools::{self, SPIDERMONKEY, Tools, failed};
use crate::build::contract::WORLD;
use crate::build::{BuildError, BuildOptions, GENERATED, write};

/// What runs a module's JavaScript.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Engine {
    #[default]
    QuickJs,
    SpiderMonkey,
}

impl Engine {
    /// Whether 64-bit integers of the contract are `bigint`.
    pub(super) fn has_bigint(self) -> bool {
        self == Self::SpiderMonkey
    }
}

/// Where the component lies.
pub(super) fn output(generated: &Path) -> PathBuf {
    generated.join("component.wasm")
}

/// The component of a bundle. One that was made before from the same bundle, contract and tools is taken again: a change of templates or
/// strings costs nothing.
pub(super) fn component(
    dir: &Path,
    project: &Project,
    bundle: &Path,
    tools: &Tools,
    options: &BuildOptions,
) -> Result<PathBuf, BuildError> {
    let generated = dir.join(GENERATED);
    let wit = generated.join("wit");
    let read =
        |path: &Path| std::fs::read(path).map_err(|error| BuildError::File { path: path.to_owned(), error });
    let (script, world) = (read(bundle)?, read(&wit.join("module.wit"))?);
    let (component, receipt) = (output(&generated), generated.join("component.digest"));
    let (command, version) = match project.engine {
        Engine::QuickJs => (quickjs(dir, &wit, bundle, &component, tools), tools.digest.clone()),
        Engine::SpiderMonkey => {
            let own = Tools::get(&SPIDERMONKEY, options)?;
            (spidermonkey(dir, &wit, bundle, &component, &own), own.digest)
        }
    };
    let made_from = digest([version.as_bytes(), &script, &world]);
    if component.is_file() && read(&receipt).is_ok_and(|old| old == made_from.as_bytes()) {
        return Ok(component);
    }
    // From here to the new receipt, what lies there may be half a component.
    let _ = std::fs::remove_file(&receipt);
    let mut output = tools::output(command)?;
    if !output.status.success() {
        // What it was about to do; what went wrong is on the other stream.
        output.stdout.clear();
        return Err(failed(dir, &output, options.messages));
    }
    write(&receipt, made_from.as_bytes())?;
    Ok(component)
}

/// The contract is synchronous. The smaller of the two builds of QuickJS is started in two thirds of the other's time and is as fast
/// where modules spend theirs: reading and writing documents.
fn quickjs(dir: &Path, wit: &Path, bundle: &Path, out: &Path, tools: &Tools) -> Command {
    let mut command = tools.command("componentize-qjs", dir);
    command.args(["--sync", "--opt-size", "--world", WORLD, "--wit"]).arg(wit).arg("--js").arg(bundle);
    command.arg("--output").arg(out);
    command
}

fn spidermonkey(dir: &Path, wit: &Path, bundle: &Path, out: &Path, tools: &Tools) -> Command {
    let mut node = tools::node(dir);
    node.arg(tools.dir.join("build.mjs")).arg(bundle).arg(wit).arg(WORLD).arg(out);
    node
}

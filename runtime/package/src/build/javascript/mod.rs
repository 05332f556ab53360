//! TypeScript and JavaScript modules: esbuild makes one file of a module and the kit, tsc checks it meanwhile, and an engine that was
//! started with that file becomes the component.

pub(super) mod bill;
mod engine;
mod project;
mod tools;
mod unchanged;

use std::path::{Path, PathBuf};
use std::process::Command;

use caisson_types::Manifest;
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::contract::write_contract;
use super::sdk::Sdk;
use super::{BuildError, BuildOptions, Compiled, Form, GENERATED, Language, Messages, write_kit};
use project::Project;
use tools::{TOOLS, Tools, failed};
use unchanged::Inputs;

static SOURCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/js/src");

/// The kit that every module is bundled with.
pub(super) static KIT: Sdk = Sdk {
    files: &[("package.json", include_str!("../../../../../guest-sdk/js/package.json"))],
    folders: &[("src", &SOURCE)],
};

/// Makes a component of the module in `dir`.
pub(super) fn compile(
    dir: &Path,
    manifest: &Manifest,
    options: &BuildOptions,
) -> Result<Compiled, BuildError> {
    let project = Project::read(dir)?;
    let tools = Tools::get(&TOOLS, options)?;
    let generated = dir.join(GENERATED);
    write_kit(dir, Language::JavaScript)?;
    write_contract(&generated.join("wit"), manifest)?;
    project.write(&generated, manifest)?;
    let inputs = Inputs::of(dir, &project, manifest, &tools)?;
    if let Some(component) = inputs.made_before(dir)? {
        return Ok(Compiled { path: engine::output(&generated), bytes: component, form: Form::Component });
    }

    let mut check = project.is_typescript.then(|| {
        let mut tsc = tools.command("tsc", dir);
        tsc.args(["--noEmit", "--pretty", "false", "-p"]).arg(project.tsconfig());
        std::thread::spawn(move || tools::output(tsc))
    });
    let bundled = bundle(dir, manifest, &project, &tools, options.messages);
    // A mistake that both find is told by the one who knows the types.
    if bundled.is_err()
        && let Some(check) = check.take()
    {
        checked(dir, check, options.messages)?;
    }
    let bundle = bundled?;
    let component = engine::component(dir, &project, &bundle, &tools, options);
    if let Some(check) = check {
        checked(dir, check, options.messages)?;
    }
    let path = component?;
    // What was edited meanwhile is not what was built.
    if Inputs::of(dir, &project, manifest, &tools)? == inputs {
        inputs.keep(dir)?;
    }
    let bytes = std::fs::read(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
    Ok(Compiled { path, bytes, form: Form::Component })
}

type Check = std::thread::JoinHandle<Result<std::process::Output, BuildError>>;

/// Waits for tsc; what it found says file, line and column.
fn checked(dir: &Path, check: Check, messages: Messages) -> Result<(), BuildError> {
    let output = check.join().map_err(|_| BuildError::Compile {
        dir: dir.to_owned(),
        messages: "tsc was not heard of".to_owned(),
    })??;
    if output.status.success() { Ok(()) } else { Err(failed(dir, &output, messages)) }
}

/// What esbuild tells of a bundle, as far as it matters here.
#[derive(Deserialize)]
struct Bundled {
    outputs: std::collections::BTreeMap<String, Output>,
}

impl Bundled {
    /// Where a bundle that is made in `generated` is told of.
    fn path(generated: &Path) -> PathBuf {
        generated.join("bundle.json")
    }

    fn read(path: &Path) -> Result<Self, BuildError> {
        let text = std::fs::read(path).map_err(|error| BuildError::File { path: path.to_owned(), error })?;
        serde_json::from_slice(&text).map_err(|error| BuildError::Package {
            file: path.to_owned(),
            what: format!("is not what esbuild writes: {error}"),
        })
    }

    fn inputs(&self) -> impl Iterator<Item = (&String, &Input)> {
        self.outputs.values().flat_map(|output| &output.inputs)
    }
}

#[derive(Deserialize)]
struct Output {
    inputs: std::collections::BTreeMap<String, Input>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    bytes_in_output: u64,
}

/// One ES module of the author's files, what they depend on, and what they use of the kit.
fn bundle(
    dir: &Path,
    manifest: &Manifest,
    project: &Project,
    tools: &Tools,
    messages: Messages,
) -> Result<PathBuf, BuildError> {
    let generated = dir.join(GENERATED);
    let (bundle, meta) = (generated.join("module.js"), Bundled::path(&generated));
    let mut esbuild = tools.command("esbuild", dir);
    esbuild.arg(generated.join("entry.ts")).args([
        "--bundle",
        "--format=esm",
        "--platform=neutral",
        "--main-fields=module,main",
        "--target=es2022",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        "--external:caisson:module/*",
    ]);
    esbuild.args(project.esbuild_arguments(manifest));
    esbuild.arg(format!("--outfile={}", bundle.display())).arg(format!("--metafile={}", meta.display()));
    let output = tools::output(esbuild)?;
    if !output.status.success() {
        return Err(failed(dir, &output, messages));
    }
    let bundled = Bundled::read(&meta)?;
    let used =
        |file: &str| bundled.inputs().any(|(path, input)| path.ends_with(file) && input.bytes_in_output > 0);
    project.refuse_undeclared(manifest, used)?;
    Ok(bundle)
}

/// Runs node, npm or one of the tools in the module's folder, so that what they say names files as the author does.
fn command(program: impl AsRef<std::ffi::OsStr>, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).stdin(std::process::Stdio::null());
    command
}

//! Python modules: an interpreter that was started with the kit, into which the module is imported.
//!
//! componentize-py makes that interpreter, once for a world ([`base`]). A build runs what is kept of it for the time of one import and
//! keeps the memory as it then is ([`load`]), so that a call finds everything imported. Where nothing that goes into it changed, the
//! component of the last build is taken.

mod base;
pub(super) mod bill;
mod failure;
mod files;
mod interpreter;
mod load;
mod project;
mod tool;

use std::path::{Path, PathBuf};

use caisson_types::Manifest;
use include_dir::{Dir, include_dir};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::contract::write_contract;
use super::digest::{digest, folder_parts};
use super::sdk::Sdk;
use super::{BuildError, BuildOptions, Compiled, Form, GENERATED, Language, Messages, write, write_kit};
use base::{Base, LoadFailure};
use project::Project;
use tool::Tool;

/// The kit's code: what an author imports as `caisson`.
static PACKAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/python/caisson");

pub(super) static KIT: Sdk = Sdk { files: &[], folders: &[("caisson", &PACKAGE)] };

/// What a module is made of, and everything that a build generates below its folder.
struct Workshop {
    source: PathBuf,
    wit: PathBuf,
    sdk: PathBuf,
    dependencies: PathBuf,
    component: PathBuf,
    stamp: PathBuf,
}

impl Workshop {
    fn new(dir: &Path) -> Self {
        let generated = dir.join(GENERATED);
        let out = dir.join("target/python");
        Self {
            source: dir.join("src"),
            wit: generated.join("wit"),
            sdk: generated.join("sdk"),
            dependencies: generated.join("dependencies"),
            component: out.join("component.wasm"),
            stamp: out.join("made-from"),
        }
    }

    fn packages(&self) -> PathBuf {
        self.dependencies.join("lib/site-packages")
    }
}

/// Makes the component of the module in `dir`, or takes the one that was made of the same files.
pub(super) fn compile(
    dir: &Path,
    manifest: &Manifest,
    options: &BuildOptions,
) -> Result<Compiled, BuildError> {
    let project = Project::read(dir)?;
    let workshop = Workshop::new(dir);
    let tool = Tool::find_or_install(&options.target_dir, options.messages)?;
    write(&dir.join(GENERATED).join(".gitignore"), b"*\n")?;
    write_contract(&workshop.wit, manifest)?;
    write_kit(dir, Language::Python)?;
    tool.install_dependencies(&project, &workshop.packages(), options.messages)?;

    let base = Base::of(&workshop, &options.target_dir)?;
    let code = code(&project, manifest);
    let made_from = fingerprint(&workshop, &base.key, &code)?;
    let old = std::fs::read_to_string(&workshop.stamp).unwrap_or_default();
    let bytes = match std::fs::read(&workshop.component) {
        Ok(bytes) if old == made_from => bytes,
        _ => {
            let bytes = make(dir, &workshop, &base, &tool, &code, options.messages)?;
            write(&workshop.component, &bytes)?;
            write(&workshop.stamp, made_from.as_bytes())?;
            bytes
        }
    };
    Ok(Compiled { path: workshop.component, bytes, form: Form::Component })
}

fn make(
    dir: &Path,
    workshop: &Workshop,
    base: &Base,
    tool: &Tool,
    code: &str,
    messages: Messages,
) -> Result<Vec<u8>, BuildError> {
    let seed = Sha256::digest(code).into();
    // In a thread of its own: the import needs a deep stack, and the engine's WASI a runtime, which no thread has twice.
    let loading = || base.load(workshop, tool, code, seed, messages);
    let made = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(load::THREAD_STACK).spawn_scoped(scope, loading);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    let made = made.map_err(|error| BuildError::File { path: dir.to_owned(), error })?;
    match made {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(LoadFailure::Build(error))) => Err(error),
        Ok(Err(LoadFailure::Module(said))) => {
            let packages = workshop.packages();
            let mounts = [("src", workshop.source.as_path()), ("1", &workshop.sdk), ("packages", &packages)];
            Err(BuildError::Compile { dir: dir.to_owned(), messages: failure::message(&said, &mounts, dir) })
        }
        Err(_) => Err(BuildError::Compile {
            dir: dir.to_owned(),
            messages: "the interpreter was not heard of".to_owned(),
        }),
    }
}

/// What the interpreter runs to load a module. What the manifest declares goes along, so that a tab without its function fails the build.
fn code(project: &Project, manifest: &Manifest) -> String {
    let declared = json!({
        "type": manifest.module.kind.to_string(),
        "tabs": manifest.client.tabs.iter().map(|tab| tab.key.to_string()).collect::<Vec<_>>(),
        "actions": manifest.client.actions.iter().map(|action| action.key.to_string()).collect::<Vec<_>>(),
        "buttons": manifest.actions.iter().map(|action| action.key.to_string()).collect::<Vec<_>>(),
        "routes": manifest.admin.routes.iter().chain(&manifest.admin.api).map(|route| &route.name).collect::<Vec<_>>(),
        "jobs": manifest.schedules.iter().map(|schedule| &schedule.method).collect::<Vec<_>>(),
        "events": manifest.capabilities.events.iter().flat_map(|events| &events.subscribes).collect::<Vec<_>>(),
    });
    // A JSON string is a literal of Python's too.
    let declared = json!(declared.to_string());
    format!("__import__(\"caisson.build\", fromlist=[\"load\"]).load({}, {declared})", json!(project.module))
}

/// A digest of everything that a component is made of.
fn fingerprint(workshop: &Workshop, base: &str, code: &str) -> Result<String, BuildError> {
    let mut parts = vec![base.as_bytes().to_vec(), code.as_bytes().to_vec()];
    for folder in [&workshop.source, &workshop.packages()] {
        parts.extend(folder_parts(folder)?);
    }
    Ok(digest(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = manifest!(
        "product",
        r#"[[client.tabs]]
key = "status"
name = "Status"
template = "status"
"#
    );

    #[test]
    fn the_line_that_loads_tells_what_the_manifest_declares() {
        let project = Project { module: "demo".to_owned(), dependencies: Vec::new() };
        let code = code(&project, &Manifest::parse(MANIFEST).unwrap());
        assert!(code.contains(r#".load("demo", "{"#), "{code}");
        assert!(code.contains(r#"\"tabs\":[\"status\"]"#), "{code}");
    }

    #[test]
    fn a_fingerprint_changes_with_a_byte_and_not_with_a_cache() {
        let dir = tempfile::tempdir().unwrap();
        let workshop = Workshop::new(dir.path());
        let source = dir.path().join("src/demo.py");
        write(&source, b"a = 1\n").unwrap();
        let before = fingerprint(&workshop, "base", "code").unwrap();
        write(&dir.path().join("src/__pycache__/demo.pyc"), b"x").unwrap();
        assert_eq!(fingerprint(&workshop, "base", "code").unwrap(), before);
        write(&source, b"a = 2\n").unwrap();
        assert_ne!(fingerprint(&workshop, "base", "code").unwrap(), before);
    }
}

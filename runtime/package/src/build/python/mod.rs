//! Python modules: componentize-py makes one component of an interpreter, the kit and the module.
//!
//! The tool starts the interpreter, imports the module, and keeps the memory as it then is, so that a call finds everything
//! imported. That start is what a build takes its time for; where nothing that goes into it changed, the component of the last
//! build is taken.

pub(super) mod bill;
mod failure;
mod project;
mod tool;

use std::path::{Path, PathBuf};

use caisson_types::Manifest;
use include_dir::{Dir, include_dir};
use serde_json::json;

use super::contract::{WORLD, write_contract};
use super::digest::digest;
use super::sdk::Sdk;
use super::{BuildError, BuildOptions, Compiled, Form, GENERATED, Language, write, write_kit};
use project::Project;
use tool::Tool;

/// The kit's code: what an author imports as `caisson`.
static PACKAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/python/caisson");

pub(super) static KIT: Sdk = Sdk { files: &[], folders: &[("caisson", &PACKAGE)] };

/// The Python module that componentize-py is given. It imports the author's, so that errors of that are told in our words.
const ENTRY: &str = "caisson_component";

/// Everything that a build generates, below the module's folder.
struct Workshop {
    wit: PathBuf,
    sdk: PathBuf,
    entry: PathBuf,
    /// Laid out like a virtual environment, since that is where componentize-py looks for dependencies.
    dependencies: PathBuf,
    component: PathBuf,
    stamp: PathBuf,
}

impl Workshop {
    fn new(dir: &Path) -> Self {
        let generated = dir.join(GENERATED);
        let out = dir.join("target/python");
        Self {
            wit: generated.join("wit"),
            sdk: generated.join("sdk"),
            entry: generated.join("entry"),
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
    write(&workshop.entry.join(format!("{ENTRY}.py")), entry(&project, manifest).as_bytes())?;
    tool.install_dependencies(&project, &workshop.packages(), options.messages)?;

    let made_from = fingerprint(dir, &workshop)?;
    let old = std::fs::read_to_string(&workshop.stamp).unwrap_or_default();
    if old != made_from || !workshop.component.is_file() {
        make(dir, &project, &workshop, &tool)?;
        write(&workshop.stamp, made_from.as_bytes())?;
    }
    let bytes = std::fs::read(&workshop.component)
        .map_err(|error| BuildError::File { path: workshop.component.clone(), error })?;
    Ok(Compiled { path: workshop.component, bytes, form: Form::Component })
}

fn make(dir: &Path, project: &Project, workshop: &Workshop, tool: &Tool) -> Result<(), BuildError> {
    let failed = |error| BuildError::File { path: workshop.component.clone(), error };
    if let Some(parent) = workshop.component.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    // The module's own folder comes first: it is the first of those that the interpreter sees as `/0`, `/1` …
    let search = [project.source.as_path(), &workshop.entry, &workshop.sdk];
    let mut command = tool.componentize();
    command.arg("--wit-path").arg(&workshop.wit).args(["--world", WORLD, "--quiet", "componentize", ENTRY]);
    for folder in search {
        command.arg("--python-path").arg(folder);
    }
    command.arg("--output").arg(&workshop.component).env("VIRTUAL_ENV", &workshop.dependencies);
    let output = command.output().map_err(|error| tool.failed(error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let messages = failure::message(&String::from_utf8_lossy(&said), &search, dir);
    Err(BuildError::Compile { dir: dir.to_owned(), messages })
}

/// The source of [`ENTRY`]. What the manifest declares goes along, so that a tab without its function fails the build.
fn entry(project: &Project, manifest: &Manifest) -> String {
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
    format!(
        "from caisson.build import load\nfrom caisson.exports import *\n\nload({}, {declared})\n",
        json!(project.module)
    )
}

/// A digest of everything that a component is made of.
fn fingerprint(dir: &Path, workshop: &Workshop) -> Result<String, BuildError> {
    let mut parts = vec![tool::VERSION.as_bytes().to_vec()];
    let [source, packages] = [dir.join("src"), workshop.packages()];
    for folder in [&source, &workshop.wit, &workshop.sdk, &workshop.entry, &packages] {
        let mut files = Vec::new();
        list(folder, &mut files)?;
        files.sort();
        for path in files {
            let bytes =
                std::fs::read(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
            parts.extend([path.as_os_str().as_encoded_bytes().to_vec(), bytes]);
        }
    }
    Ok(digest(parts))
}

/// Every file below `folder` but the interpreters' own caches.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), BuildError> {
    let failed = |error| BuildError::File { path: folder.to_owned(), error };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if !path.is_dir() {
            files.push(path);
        } else if path.file_name().is_some_and(|name| name != "__pycache__") {
            list(&path, files)?;
        }
    }
    Ok(())
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
    fn the_entry_tells_what_the_manifest_declares() {
        let project = Project { module: "demo".to_owned(), source: PathBuf::new(), dependencies: Vec::new() };
        let entry = entry(&project, &Manifest::parse(MANIFEST).unwrap());
        let load = entry.lines().find(|line| line.starts_with("load(")).unwrap();
        assert!(load.starts_with(r#"load("demo", "{"#), "{load}");
        assert!(load.contains(r#"\"tabs\":[\"status\"]"#), "{load}");
    }

    #[test]
    fn a_fingerprint_changes_with_a_byte_and_not_with_a_cache() {
        let dir = tempfile::tempdir().unwrap();
        let workshop = Workshop::new(dir.path());
        let source = dir.path().join("src/demo.py");
        write(&source, b"a = 1\n").unwrap();
        let before = fingerprint(dir.path(), &workshop).unwrap();
        write(&dir.path().join("src/__pycache__/demo.pyc"), b"x").unwrap();
        assert_eq!(fingerprint(dir.path(), &workshop).unwrap(), before);
        write(&source, b"a = 2\n").unwrap();
        assert_ne!(fingerprint(dir.path(), &workshop).unwrap(), before);
    }
}

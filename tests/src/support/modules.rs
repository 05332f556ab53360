//! The repository's module packages, built when their sources changed and taken from `target/packages` when not.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use sha2::{Digest, Sha256};

use super::panel::caisson_program;
use super::paths::repository;

/// What a package is made from beside the module's own directory: the contract, the SDKs, the packer.
const SHARED_INPUTS: [&str; 4] = ["wit", "guest-sdk", "runtime/package/src", "runtime/types/src"];

/// Directories that hold what was made, not what it was made from.
const OUTPUTS: [&str; 6] = ["target", "node_modules", "dist", "__pycache__", ".venv", ".caisson"];

/// A package and whether it had to be built.
#[derive(Clone, Debug)]
pub struct Built {
    /// `<type>/<name>`.
    pub key: String,
    pub file: PathBuf,
    /// False when the sources had not changed since it was built.
    pub fresh: bool,
}

/// Keys of the modules in the repository, `<type>/<name>`, sorted.
///
/// # Errors
/// When the directory `modules` cannot be read.
pub fn keys() -> anyhow::Result<Vec<String>> {
    let modules = repository().join("modules");
    let mut keys = Vec::new();
    for kind in subdirectories(&modules)? {
        for module in subdirectories(&kind)? {
            if module.join("module.toml").is_file() {
                let key = module.strip_prefix(&modules)?;
                keys.push(key.to_str().context("a module's directory is not named in UTF-8")?.to_owned());
            }
        }
    }
    keys.sort();
    Ok(keys)
}

/// The package of a module in the repository, for a test to install.
///
/// # Errors
/// When it has to be built and cannot be.
pub fn package(key: &str) -> anyhow::Result<PathBuf> {
    Ok(build(key)?.file)
}

/// Builds the package of `modules/<key>` if its sources changed.
///
/// # Errors
/// When there is no such module, or `caisson module build` or `pack` refuses it.
pub fn build(key: &str) -> anyhow::Result<Built> {
    let source = repository().join("modules").join(key);
    build_from(&source, key)
}

/// Builds the package of a module elsewhere, such as a test's own guest, under the given key.
///
/// # Errors
/// As [`build`].
pub fn build_from(source: &Path, key: &str) -> anyhow::Result<Built> {
    ensure!(source.join("module.toml").is_file(), "{} holds no module.toml", source.display());
    let packages = repository().join("target/packages");
    fs::create_dir_all(&packages).with_context(|| format!("cannot create {}", packages.display()))?;
    let name = key.replace('/', "-");
    let file = packages.join(format!("{name}.caisson"));
    let receipt = packages.join(format!("{name}.inputs"));

    // Tests and other processes may want the same package at the same time; it is built once.
    let lock = File::create(packages.join(format!("{name}.lock")))?;
    lock.lock().with_context(|| format!("cannot lock the package {name}"))?;
    let inputs = digest_inputs(source)?;
    let known = fs::read_to_string(&receipt).unwrap_or_default();
    let fresh = !(file.is_file() && known == inputs);
    if fresh {
        run(&["module", "build"], &[source.as_os_str()])?;
        run(&["module", "pack"], &[source.as_os_str(), "--output".as_ref(), file.as_os_str()])?;
        fs::write(&receipt, inputs).with_context(|| format!("cannot write {}", receipt.display()))?;
    }
    Ok(Built { key: key.to_owned(), file, fresh })
}

fn run(verb: &[&str], arguments: &[&OsStr]) -> anyhow::Result<()> {
    let output = Command::new(caisson_program()?)
        // What compilers made is kept in one place, whoever asks.
        .current_dir(repository())
        .args(verb)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run caisson {}", verb.join(" ")))?;
    ensure!(
        output.status.success(),
        "caisson {} {}: {}{}",
        verb.join(" "),
        arguments.first().map(|source| source.to_string_lossy()).unwrap_or_default(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn digest_inputs(source: &Path) -> anyhow::Result<String> {
    let root = repository();
    let shared = SHARED_INPUTS.iter().map(|input| root.join(input));
    let mut files = Vec::new();
    for input in shared.chain([source.to_path_buf()]) {
        if input.is_dir() {
            list_files(&input, &mut files)?;
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in &files {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        digest.update(file.as_os_str().as_encoded_bytes());
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(&content);
    }
    Ok(hex::encode(digest.finalize()))
}

fn list_files(dir: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        let path = entry.path();
        // Followed where it is a link: modules may share files.
        if path.is_file() {
            // Written by the build itself.
            if path.extension() != Some(OsStr::new("wasm")) {
                files.push(path);
            }
        } else if path.is_dir() && !OUTPUTS.iter().any(|output| path.ends_with(output)) {
            list_files(&path, files)?;
        }
    }
    Ok(())
}

fn subdirectories(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            paths.push(path);
        }
    }
    Ok(paths)
}

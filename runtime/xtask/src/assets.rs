//! `cargo xtask assets`: the panel's stylesheet, script, fonts and icons, built from npm packages into `views/assets/dist`.
//!
//! Nothing of theirs is kept in git: `package.json` pins exact versions, the lock their digests, and `views/assets/build.mjs`
//! does the work with esbuild. Both steps are skipped while what they were made from has not changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::run;

/// Oldest Node that the build runs on.
const MIN_NODE: u32 = 20;

/// Builds the assets below `root`, the checkout's folder, unless they are up to date.
pub(crate) fn assets(root: &Path) -> Result<()> {
    let stamp = root.join("views/assets/dist/.built-from");
    let wanted = inputs(root)?;
    if fs::read_to_string(&stamp).is_ok_and(|built| built == wanted) {
        return Ok(());
    }
    check_node()?;
    install(root)?;
    run(Command::new("node").arg("views/assets/build.mjs").current_dir(root))?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// `npm ci`, unless the packages of this lock are there. Their install scripts are not run; none is needed.
fn install(root: &Path) -> Result<()> {
    let stamp = root.join("node_modules/.installed-from");
    let wanted = fingerprint(&[root.join("package-lock.json")])?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(root))?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

fn check_node() -> Result<()> {
    let output = Command::new("node").arg("--version").output();
    let version = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("node is not installed: the panel's assets need Node {MIN_NODE} or newer with npm");
        }
        Err(error) => return Err(error).context("node cannot be run"),
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < MIN_NODE) {
        bail!("node is {version}: the panel's assets need Node {MIN_NODE} or newer");
    }
    Ok(())
}

/// Fingerprint of everything that the build reads: the lock, its own sources, and every template, which decides what is kept.
fn inputs(root: &Path) -> Result<String> {
    let mut files = vec![
        root.join("package.json"),
        root.join("package-lock.json"),
        root.join("views/assets/build.mjs"),
        root.join("views/assets/icons.txt"),
    ];
    find(&root.join("views/assets/src"), None, &mut files)?;
    find(&root.join("views"), Some("html"), &mut files)?;
    find(&root.join("modules"), Some("html"), &mut files)?;
    files.sort();
    fingerprint(&files)
}

/// Files below `folder` with the extension; a missing folder has none.
fn find(folder: &Path, extension: Option<&str>, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name.as_str(), "dist" | "node_modules" | "target") {
                find(&path, extension, files)?;
            }
        } else if extension.is_none_or(|wanted| path.extension().is_some_and(|found| found == wanted)) {
            files.push(path);
        }
    }
    Ok(())
}

fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        (file, bytes).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

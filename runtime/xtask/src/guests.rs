//! Crates outside the workspace: the Rust SDK, and modules and test guests written with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::command::{cargo, run};

/// Folders that hold such crates, and how deep.
const PLACES: [(&str, u32); 3] = [("guest-sdk", 1), ("modules", 2), ("tests/guests", 2)];

/// Checks the formatting of every guest crate.
pub(crate) fn check_format(root: &Path) -> anyhow::Result<()> {
    for manifest in manifests(root)? {
        run(cargo(root, &["fmt", "--check", "--manifest-path"]).arg(manifest))?;
    }
    Ok(())
}

/// Lints and tests the SDK and the modules. Their tests run on this machine, against the SDK's own host.
pub(crate) fn check_and_test(root: &Path, filter: Option<&str>) -> anyhow::Result<()> {
    let hostile = root.join("tests");
    // One folder for all of them: they share their dependencies.
    let target = root.join("target/guest-tests");
    for manifest in manifests(root)?.iter().filter(|manifest| !manifest.starts_with(&hostile)) {
        let chore = |chore: &str| {
            let mut command = cargo(root, &[chore, "--quiet", "--manifest-path"]);
            command.arg(manifest).arg("--target-dir").arg(&target);
            command
        };
        if filter.is_none() {
            run(chore("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
        }
        run(chore("test").arg("--").args(filter))?;
    }
    Ok(())
}

/// Manifests of the guest crates, sorted.
fn manifests(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut manifests = Vec::new();
    for (place, depth) in PLACES {
        find(&root.join(place), depth, &mut manifests)?;
    }
    manifests.sort();
    Ok(manifests)
}

fn find(dir: &Path, depth: u32, manifests: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let manifest = dir.join("Cargo.toml");
    if manifest.is_file() {
        manifests.push(manifest);
    } else if depth > 0 && dir.is_dir() {
        for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
            find(&entry?.path(), depth - 1, manifests)?;
        }
    }
    Ok(())
}

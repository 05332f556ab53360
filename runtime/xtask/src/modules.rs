//! `cargo xtask build-modules`: packages of the modules in the repository.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use caisson_tests::support::modules::{build, keys};

use crate::command::{cargo, run};
use crate::steps::seconds;

/// Builds the panel's program, which is what builds packages, then the packages whose sources changed.
pub(crate) fn build_modules(root: &Path, only: &[String]) -> anyhow::Result<()> {
    build_panel(root)?;
    build_packages(only)
}

/// Builds the program `caisson`.
///
/// For the whole workspace, not `--package caisson`: so its dependencies get the same features as in the tests, and are
/// compiled once for both.
pub(crate) fn build_panel(root: &Path) -> anyhow::Result<()> {
    run(&mut cargo(root, &["build", "--workspace", "--bin", "caisson"]))
}

/// Builds the packages whose sources changed, with the program that was built before.
pub(crate) fn build_packages(only: &[String]) -> anyhow::Result<()> {
    let known = keys()?;
    for key in only {
        ensure!(known.contains(key), "there is no module {key}; there is: {}", known.join(", "));
    }
    for key in known.iter().filter(|key| only.is_empty() || only.contains(key)) {
        let start = Instant::now();
        let built = build(key)?;
        let how = if built.fresh { "built" } else { "unchanged" };
        eprintln!("    {key}: {how}, {}, {}", seconds(start.elapsed()), built.file.display());
    }
    Ok(())
}

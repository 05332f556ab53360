//! Kits whose tests need neither cargo nor an engine.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::run;

/// Checks and tests the kit for TypeScript with the tools that build modules, installed below `target/tools`: what lies in
/// `guest-sdk` is part of the program, and a change there compiles it anew.
pub(crate) fn javascript(root: &Path) -> Result<()> {
    let (kit, tools) = (root.join("guest-sdk/js"), root.join("target/tools/kit-js"));
    install(&kit, &tools)?;
    let mut test = Command::new("node");
    run(test.arg("test/run.mjs").current_dir(&kit).env("CAISSON_TOOLS", tools.join("node_modules")))
}

/// Unless the tools of this lock are there.
fn install(kit: &Path, tools: &Path) -> Result<()> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let lock = "package-lock.json";
    if tools.join("node_modules").is_dir() && read(&tools.join(lock)).ok() == Some(read(&kit.join(lock))?) {
        return Ok(());
    }
    fs::create_dir_all(tools)?;
    for file in ["package.json", lock] {
        fs::copy(kit.join(file), tools.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    let install = ["install", "--no-save", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    let installed = run(Command::new("npm").args(install).current_dir(tools));
    if installed.is_err() {
        // Or the next run would take half an installation for a whole one.
        let _ = fs::remove_file(tools.join(lock));
    }
    installed
}

//! The `caisson` program as a command.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use super::super::paths::target_dir;

/// The built program: `CAISSON_BIN`, or the one in the target directory this program came from.
///
/// # Errors
/// When it was not built.
pub fn caisson_program() -> anyhow::Result<PathBuf> {
    let program = match std::env::var_os("CAISSON_BIN") {
        Some(path) => PathBuf::from(path),
        None => target_dir()?.join("caisson"),
    };
    ensure!(
        program.is_file(),
        "{} is not there; build it with `cargo build --package caisson`, or name it in CAISSON_BIN",
        program.display()
    );
    Ok(program)
}

/// Runs the program and gives what it printed.
///
/// # Errors
/// Shows what it wrote to standard error when it fails.
pub async fn run_caisson<S: AsRef<OsStr>>(
    program: &Path,
    arguments: &[S],
    environment: &[(String, String)],
) -> anyhow::Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot run {}", program.display()))?;
    let words: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
    ensure!(
        output.status.success(),
        "caisson {} ended with {}: {}",
        words.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout).context("caisson printed something that is not UTF-8")
}

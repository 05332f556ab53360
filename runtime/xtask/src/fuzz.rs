//! `cargo xtask fuzz`: the targets of `tests/fuzz` under libFuzzer, which needs a nightly toolchain and cargo-fuzz. Without
//! them the same functions run within `cargo test` over their seeds and mutations of these.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::command::{run, succeeds};

pub(crate) fn fuzz(root: &Path, seconds: u32, only: &[String]) -> anyhow::Result<()> {
    let folder = root.join("tests/fuzz");
    let known = targets(&folder)?;
    if let Some(unknown) = only.iter().find(|name| !known.contains(name)) {
        anyhow::bail!("tests/fuzz has no target '{unknown}', only these: {}", known.join(", "));
    }
    ensure!(
        has_nightly(),
        "libFuzzer needs a nightly toolchain: `rustup toolchain install nightly --profile minimal`; `cargo test -p \
         caisson-fuzz-targets` runs the targets without it"
    );
    ensure!(
        has_cargo_fuzz(),
        "cargo-fuzz is not installed: `cargo install --locked cargo-fuzz`; `cargo test -p caisson-fuzz-targets` runs the targets \
         without it"
    );
    let chosen = if only.is_empty() { &known } else { only };
    for target in chosen {
        eprintln!("==> {target}");
        // What is found goes to `corpus`, which is not committed; what is known stands in `seeds`.
        let [corpus, seeds] = ["corpus", "seeds"].map(|kind| folder.join(kind).join(target));
        fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
        let mut command = Command::new("cargo");
        command.current_dir(&folder).args(["+nightly", "fuzz", "run", target, "--fuzz-dir", "."]);
        command.arg(&corpus).arg(&seeds).args(["--", &format!("-max_total_time={seconds}")]);
        run(&mut command)?;
    }
    Ok(())
}

fn has_nightly() -> bool {
    succeeds(Command::new("cargo").args(["+nightly", "--version"]))
}

fn has_cargo_fuzz() -> bool {
    succeeds(Command::new("cargo").args(["+nightly", "fuzz", "--version"]))
}

/// A short run of every target where the machine has what it takes.
pub(crate) fn fuzz_if_possible(root: &Path) -> anyhow::Result<()> {
    /// Of each target.
    const SECONDS: u32 = 20;
    if has_nightly() && has_cargo_fuzz() {
        return fuzz(root, SECONDS, &[]);
    }
    eprintln!(
        "    left out: no nightly toolchain with cargo-fuzz; the tests run the targets over seeds and mutations"
    );
    Ok(())
}

fn targets(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

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
        succeeds(Command::new("cargo").args(["+nightly", "--version"])),
        "libFuzzer needs a nightly toolchain: `rustup toolchain install nightly --profile minimal`; `cargo test -p \
         caisson-fuzz-targets` runs the targets without it"
    );
    ensure!(
        succeeds(Command::new("cargo").args(["+nightly", "fuzz", "--version"])),
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

fn targets(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

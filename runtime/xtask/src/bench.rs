//! `cargo xtask bench <name>`: one of the programs in `tests/benches`, built for speed.

use std::fs;
use std::path::Path;

use anyhow::bail;
use caisson_tests::support::caisson_program;

use crate::command::{cargo, run};

pub(crate) fn bench(root: &Path, name: &str) -> anyhow::Result<()> {
    let benches = root.join("tests/benches");
    if !benches.join(format!("{name}.rs")).is_file() {
        let mut known: Vec<String> = fs::read_dir(&benches)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
            .collect();
        known.sort();
        bail!("tests/benches has no bench '{name}', only these: {}", known.join(", "));
    }
    crate::modules::build_modules(root, &[])?;
    // The program that compiles components: the panel's, as it was built for the packages.
    let program = caisson_program()?;
    let mut command = cargo(root, &["bench", "--package", "caisson-tests", "--bench", name]);
    run(command.env("CAISSON_BIN", program))
}

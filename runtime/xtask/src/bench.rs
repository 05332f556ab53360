//! `cargo xtask bench <name>`: one of the programs in `tests/benches`, built for speed.

use std::fs;
use std::path::Path;

use anyhow::bail;
use caisson_tests::support::caisson_program;

use crate::command::{cargo, run};

/// The bench that has a panel serve, which is then built for speed too.
const SERVED: &str = "modules";

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
    let program = if name == SERVED {
        run(&mut cargo(root, &["build", "--release", "--workspace", "--bin", "caisson"]))?;
        root.join("target/release/caisson")
    } else {
        // It only compiles components: as it was built for the packages.
        caisson_program()?
    };
    // Of the whole workspace, with the features that it has everywhere: what other benches compiled serves this one too.
    let mut command = cargo(root, &["bench", "--workspace", "--bench", name]);
    run(command.env("CAISSON_BIN", program))
}

//! `caisson module test`: a module's scenarios, in the real sandbox.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use caisson_capabilities::http::egress::PrivateException;
use caisson_package::build::build_module;
use caisson_workshop::scenario::{self, File, Report, Scenario};
use caisson_workshop::stage::StageConfig;
use clap::Args;

#[derive(Args)]
pub(crate) struct TestArguments {
    /// The module's folder; its scenarios are the files `tests/*.toml` in it.
    dir: PathBuf,
    /// Only scenarios whose names hold this text.
    #[arg(long)]
    only: Option<String>,
    /// Run against the real provider, and write down what it answers where a scenario has `recorded`.
    #[arg(long)]
    record: bool,
    /// A private address or network that recordings may reach, such as 10.0.0.5:8081 or 10.0.0.0/24:443.
    #[arg(long, requires = "record")]
    allow_private: Vec<PrivateException>,
    /// Where compilers keep what they made; shared by all modules.
    #[arg(long, default_value = "target/guests")]
    target_dir: PathBuf,
}

pub(super) async fn test(asked: TestArguments) -> anyhow::Result<()> {
    let files = scenario::find(&asked.dir)?;
    if files.is_empty() {
        bail!("{} has no scenarios; write the first into tests/<name>.toml", asked.dir.display());
    }
    // What is written wrong shows before anything is built.
    let files = files.into_iter().map(|path| Ok((path.clone(), File::read(&path)?)));
    let files: Vec<_> = files.collect::<Result<_, scenario::FileError>>()?;
    let options = super::options(asked.target_dir.clone())?;
    let config = super::stage(&options, asked.allow_private.clone())?;
    let built = build_module(&asked.dir, &options)?;
    let package = caisson_package::pack(&asked.dir, &built.component)?;
    let (mut ran, mut failed) = (0, 0);
    for (path, file) in files {
        for scenario in file.complete(&path) {
            if asked.only.as_ref().is_some_and(|only| !scenario.name.contains(only)) {
                continue;
            }
            ran += 1;
            let report = one(&config, &package, scenario, asked.record).await;
            let report = report.with_context(|| format!("{} could not be run", path.display()))?;
            failed += usize::from(!report.differences.is_empty());
            tell(&path, &report);
        }
    }
    match (ran, failed) {
        (0, _) => bail!("no scenario is named like '{}'", asked.only.unwrap_or_default()),
        (_, 0) => println!("{ran} scenarios, all as they should be"),
        _ => bail!("{failed} of {ran} scenarios did not go as they should"),
    }
    Ok(())
}

async fn one(
    config: &StageConfig,
    package: &[u8],
    scenario: Scenario,
    record: bool,
) -> anyhow::Result<Report> {
    let recording = scenario.given.recorded.clone().filter(|_| record);
    let scenario = match recording {
        Some(_) => scenario,
        None => scenario.with_recording()?,
    };
    let report = scenario::run(config, package.to_vec(), &scenario, recording.is_some()).await?;
    if let Some(path) = recording {
        scenario::write_recording(&path, &report.recorded, &scenario.given.stand_ins())?;
        println!("{} exchanges are recorded in {}", report.recorded.len(), path.display());
    }
    Ok(report)
}

fn tell(path: &Path, report: &Report) {
    let file = path.file_stem().unwrap_or_default().display();
    let (name, took) = (&report.name, report.took.as_millis());
    if report.differences.is_empty() {
        println!("ok    {file}: {name} ({took} ms)");
        return;
    }
    println!("WRONG {file}: {name} ({took} ms)");
    for difference in &report.differences {
        print!("  {difference}");
    }
    for line in &report.log {
        println!("  log: {line}");
    }
}

//! `caisson module check`: prints what the workshop found, for people or for scripts.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use caisson_package::build::{BuildOptions, build_module};
use caisson_sandbox::Compiler;
use caisson_workshop::check::{Cost, Report, Severity, check_file, check_folder, codes};
use caisson_workshop::conformance::conformance;
use caisson_workshop::scenario;
use clap::Args;
use serde::Serialize;

use crate::cli::sign;

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// The module's folder, which is built first.
    #[arg(conflicts_with = "package")]
    dir: Option<PathBuf>,
    /// A finished package instead; what only sources can tell is left out.
    #[arg(long)]
    package: Option<PathBuf>,
    /// Also play its scenarios again: asked twice, and with a provider in trouble.
    #[arg(long)]
    conformance: bool,
    /// Fail where there is a warning, too.
    #[arg(long)]
    strict: bool,
    #[arg(long)]
    json: bool,
    /// Print the reference of all codes, and check nothing.
    #[arg(long)]
    codes: bool,
    /// Where compilers keep what they made; shared by all modules.
    #[arg(long, default_value = "target/guests")]
    target_dir: PathBuf,
}

pub(super) async fn check(asked: CheckArguments) -> anyhow::Result<()> {
    if asked.codes {
        print!("{}", codes::reference());
        return Ok(());
    }
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let compiler = Compiler::new(program, ["compile-component".to_owned()]);
    let options = super::options(asked.target_dir)?;
    let mut report = match (&asked.dir, &asked.package) {
        (_, Some(package)) => check_file(package, compiler).await?,
        (Some(dir), None) => check_folder(dir, &options, compiler).await?,
        (None, None) => bail!("name the module's folder, or a package with --package"),
    };
    // What no panel would take has nothing to play.
    if asked.conformance && report.count(Severity::Error) == 0 {
        match (&asked.dir, &asked.package) {
            (_, Some(file)) => play_package(&options, &sign::read(file)?, &mut report).await?,
            (Some(dir), None) => {
                let package = caisson_package::pack(dir, &build_module(dir, &options)?.component)?;
                play(&options, dir, &package, &mut report).await?;
            }
            (None, None) => {}
        }
    }
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&Document::new(&report))?);
    } else {
        print(&report);
    }
    let fails = report.count(Severity::Error) > 0 || (asked.strict && report.count(Severity::Warning) > 0);
    if fails { bail!("the module has {}", summary(&report)) } else { Ok(()) }
}

/// Plays the scenarios that a package brings along.
async fn play_package(options: &BuildOptions, package: &[u8], report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    scenario::unpack(&caisson_package::archive::read(package)?, folder.path())
        .with_context(|| format!("scenarios cannot be written into {}", folder.path().display()))?;
    play(options, folder.path(), package, report).await
}

async fn play(
    options: &BuildOptions,
    scenarios: &Path,
    package: &[u8],
    report: &mut Report,
) -> anyhow::Result<()> {
    let config = super::stage(options, Vec::new())?;
    let (score, findings) = conformance(&config, scenarios, package).await?;
    report.conformance = Some(score);
    report.add(findings);
    Ok(())
}

/// Plays a package's scenarios alone, and fails where something goes wrong.
pub(super) async fn conforms(package: &[u8], options: &BuildOptions) -> anyhow::Result<()> {
    let mut report = Report::default();
    play_package(options, package, &mut report).await?;
    for finding in &report.findings {
        eprintln!("{finding}");
    }
    let score = report.conformance.unwrap_or_default();
    let failed = score.tried - score.passed;
    ensure!(
        failed == 0,
        "{failed} of {} did not go as they should when the package's scenarios were played again; it is not installed",
        score.tried
    );
    eprintln!("conformance: {} of {} went as they should", score.passed, score.tried);
    Ok(())
}

#[derive(Serialize)]
struct Document<'r> {
    #[serde(flatten)]
    report: &'r Report,
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl<'r> Document<'r> {
    fn new(report: &'r Report) -> Self {
        let count = |severity| report.count(severity);
        Self {
            report,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }
}

fn print(report: &Report) {
    for finding in &report.findings {
        println!("{finding}");
    }
    if let Some(score) = &report.conformance {
        println!("conformance: {} of {} went as they should", score.passed, score.tried);
    }
    if let Some(cost) = &report.cost {
        println!("cost: {}", in_words(cost));
    }
    let module = report.module.as_deref().unwrap_or("the module");
    let version = report.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    println!("{module}{version}: {}", summary(report));
}

fn in_words(cost: &Cost) -> String {
    format!(
        "component {} KiB ({} % of what is allowed), {} KiB of machine code, compiled in {:.1} s of processor time; an instance takes \
         {} µs and begins with {} KiB",
        cost.component_bytes.div_ceil(1024),
        cost.component_percent,
        cost.artefact_bytes.div_ceil(1024),
        cost.compile_cpu_ms as f64 / 1000.0,
        cost.start_cpu_us,
        cost.start_memory_bytes / 1024,
    )
}

/// `1 error, 2 warnings and 3 notes`.
fn summary(report: &Report) -> String {
    let counted = |severity, what: &str| {
        let count = report.count(severity);
        format!("{count} {what}{}", if count == 1 { "" } else { "s" })
    };
    format!(
        "{}, {} and {}",
        counted(Severity::Error, "error"),
        counted(Severity::Warning, "warning"),
        counted(Severity::Note, "note")
    )
}

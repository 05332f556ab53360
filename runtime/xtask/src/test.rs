//! `cargo xtask test`: everything that must hold before a change goes in.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use caisson_tests::support::{Postgres, find_program};

use crate::command::{cargo, run};
use crate::steps::Steps;
use crate::{assets, contract, docs, fuzz, guests, kits, migrations, modules, needs, threats, wit_sync};

/// Set to have cargo-deny compiled and installed where it is missing, which takes minutes.
const INSTALL_DENY: &str = "CAISSON_INSTALL_DENY";

pub(crate) fn test(root: &Path, filter: Option<&str>) -> anyhow::Result<()> {
    let mut steps = Steps::start();
    let result = take(root, filter, &mut steps);
    steps.summarise();
    match &result {
        Ok(()) => eprintln!("    all of it passed"),
        Err(_) => eprintln!("    the next step failed"),
    }
    result
}

/// Cheap checks first. What is compiled for one step is used by the next.
fn take(root: &Path, filter: Option<&str>, steps: &mut Steps) -> anyhow::Result<()> {
    steps.step("needs", || needs::meet(needs::TESTS))?;
    if filter.is_none() {
        steps.step("format", || {
            run(&mut cargo(root, &["fmt", "--all", "--check"]))?;
            guests::check_format(root)
        })?;
        steps.step("wit-sync --check", || wit_sync::wit_sync(root, true))?;
        steps.step("docs --check", || docs::docs(root, true))?;
        steps.step("check-contract", || contract::check_contract(root))?;
        steps.step("check-migrations", || migrations::check_migrations(root))?;
        steps.step("deny", || deny(root))?;
    }
    steps.step("assets", || assets::assets(root))?;
    steps.step("build", || run(&mut cargo(root, &["build", "--workspace", "--all-targets"])))?;
    steps.step("build-modules", || modules::build_packages(&[]))?;
    if filter.is_none() {
        let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        steps.step("clippy", || run(&mut cargo(root, &clippy)))?;
    }
    steps.step("guests", || guests::check_and_test(root, filter))?;
    steps.step("python kit", || python_kit(root, filter))?;
    if filter.is_none() {
        steps.step("kit-js", || kits::javascript(root))?;
        steps.step("fuzz", || fuzz::fuzz_if_possible(root))?;
    }
    let postgres = steps.step("postgres", Postgres::start)?;
    let reports = threats::folder(root)?;
    let tested = steps.step("test", || {
        let mut command = cargo(root, &["test", "--workspace", "--no-fail-fast"]);
        command.env("CAISSON_TEST_POSTGRES_URL", postgres.url()).env(caisson_threats::FOLDER, &reports);
        if let Some(filter) = filter {
            command.args(["--", filter]);
        }
        run(&mut command)
    });
    // What got through is worth seeing where tests fail most of all.
    steps.step("threats", || threats::tell(root, &reports, filter.is_none() && tested.is_ok()))?;
    tested
}

/// The tests of the kit for modules in Python, on this machine's Python.
fn python_kit(root: &Path, filter: Option<&str>) -> anyhow::Result<()> {
    let mut command = Command::new("python3");
    // Caches of the interpreter would be embedded in the program with the kit.
    command.current_dir(root.join("guest-sdk/python")).arg("-B");
    command.args(["-m", "unittest", "discover", "--top-level-directory", ".", "--start-directory", "tests"]);
    if let Some(filter) = filter {
        command.args(["-k", filter]);
    }
    let status = command.status().context("python3 cannot be run")?;
    // unittest ends with 5 where a filter leaves no test.
    if status.success() || (filter.is_some() && status.code() == Some(5)) {
        return Ok(());
    }
    bail!("tests of guest-sdk/python failed")
}

/// Licences, sources and bans of the dependencies.
fn deny(root: &Path) -> anyhow::Result<()> {
    if find_program("cargo-deny").is_none() {
        if std::env::var_os(INSTALL_DENY).is_none() {
            eprintln!("    left out: cargo-deny is not installed; {INSTALL_DENY}=1 installs it");
            return Ok(());
        }
        run(&mut cargo(root, &["install", "--locked", "cargo-deny"]))?;
    }
    run(&mut cargo(root, &["deny", "check", "bans", "licenses", "sources"]))
}

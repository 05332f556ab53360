//! The repository's chores: `cargo xtask demo`, `cargo xtask test` and the steps they are made of.

mod assets;
mod bench;
mod command;
mod contract;
mod demo;
mod docs;
mod frozen;
mod fuzz;
mod guests;
mod kits;
mod migrations;
mod modules;
mod needs;
mod steps;
mod test;
mod threats;
mod wit_sync;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use caisson_tests::support::repository;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, checks, tests and shows Caisson",
    disable_version_flag = true
)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Builds everything and serves a panel with demo data and stand-in providers
    Demo {
        /// Drive one service through every verb over HTTP instead of serving, and end
        #[arg(long)]
        once: bool,
        /// Port of the panel on loopback; with --once any free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Gets what the tests need, then builds, checks and tests everything
    Test {
        /// Run only tests whose name contains this, and leave formatting and lints out
        #[arg(long)]
        filter: Option<String>,
    },
    /// Builds the panel's stylesheet, script, fonts and icons into `views/assets/dist`
    Assets,
    /// Builds the packages of the modules in `modules/` into `target/packages`
    BuildModules {
        /// Only these, as `<type>/<name>`
        modules: Vec<String>,
    },
    /// Copies the contract in `wit/` to every SDK
    WitSync {
        /// Only say which copies differ, and fail if one does
        #[arg(long)]
        check: bool,
    },
    /// Writes references and samples into the documents, and checks their links
    Docs {
        /// Only say which are out of date, and fail if one is
        #[arg(long)]
        check: bool,
    },
    /// Runs a bench, such as `call`
    Bench {
        /// File name in `tests/benches`, without `.rs`
        name: String,
    },
    /// Feeds every reader of what strangers write with what nobody thought of, where a nightly toolchain and cargo-fuzz are
    Fuzz {
        /// How long each target runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only these targets, by their names in `tests/fuzz/fuzz_targets`
        targets: Vec<String>,
    },
    /// Checks that the frozen contract is what it was, generates bindings of it for C, Python and JavaScript, and tries them
    CheckContract,
    /// Checks that both databases have the same migrations, and that these only add
    CheckMigrations,
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    let root = repository();
    match chore {
        Chore::Demo { once, port } => demo::demo(&root, once, port),
        Chore::Test { filter } => test::test(&root, filter.as_deref()),
        Chore::Assets => assets::assets(&root),
        Chore::BuildModules { modules } => modules::build_modules(&root, &modules),
        Chore::WitSync { check } => wit_sync::wit_sync(&root, check),
        Chore::Docs { check } => docs::docs(&root, check),
        Chore::Bench { name } => bench::bench(&root, &name),
        Chore::Fuzz { seconds, targets } => fuzz::fuzz(&root, seconds, &targets),
        Chore::CheckContract => contract::check_contract(&root),
        Chore::CheckMigrations => migrations::check_migrations(&root),
    }
}

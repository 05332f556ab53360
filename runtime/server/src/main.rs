//! The `caisson` binary: reads the configuration, puts the parts together, and does what the command line asks.

mod cli;
mod config;
mod listen;
mod parts;
mod proxies;
mod telemetry;
mod tidy;
mod trials;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    // The compiler's process stays as small as its limits want it: no runtime, no logger.
    if let cli::Command::CompileComponent { component, artefact } = &arguments.command {
        return match caisson_sandbox::run_compiler(component, artefact) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    // What a command does is said in its own words; only a process that stays keeps a log of what goes well.
    let serves = arguments.command.serves();
    let filter = EnvFilter::try_from_env("CAISSON_LOG")
        .unwrap_or_else(|_| EnvFilter::new(arguments.command.log_level()));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).json().init();
    // One TLS implementation for everything that leaves this process.
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if serves {
                tracing::error!(error = format!("{error:#}"), "the command failed");
            }
            eprintln!("{}", cli::in_words(&error));
            ExitCode::FAILURE
        }
    }
}

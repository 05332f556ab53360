//! Modules' scenarios, played by this program in a process of its own: what a module's author wrote is nothing that a panel's
//! memory and processors should wait for.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use caisson_registry::{TrialFinding, TrialReport};
use caisson_web::Trials;
use serde::Deserialize;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// An interpreter's module with many scenarios takes minutes.
const WALL: Duration = Duration::from_secs(20 * 60);
/// Findings of conformance begin with this letter.
const CODE: char = 'C';

/// Plays one package at a time.
pub(crate) struct Plays {
    program: PathBuf,
    kept: PathBuf,
    turn: Semaphore,
}

impl Plays {
    /// `kept` is where compiled components are kept from one play to the next.
    pub(crate) fn new(program: PathBuf, kept: PathBuf) -> Self {
        Self { program, kept, turn: Semaphore::new(1) }
    }

    async fn output(&self, package: &Path) -> Result<std::process::Output, String> {
        let mut command = Command::new(&self.program);
        command
            .args(["module", "check", "--conformance", "--json", "--package"])
            .arg(package)
            .arg("--target-dir")
            .arg(&self.kept)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        match tokio::time::timeout(WALL, command.output()).await {
            Ok(output) => output.map_err(|error| format!("the program that plays it did not start: {error}")),
            Err(_) => Err(format!("it came to no end in {} minutes", WALL.as_secs() / 60)),
        }
    }
}

/// What `caisson module check --json` says of it.
#[derive(Deserialize)]
struct Checked {
    findings: Vec<TrialFinding>,
    conformance: Option<Score>,
}

#[derive(Deserialize)]
struct Score {
    passed: u64,
    tried: u64,
}

#[async_trait]
impl Trials for Plays {
    async fn play(&self, package: PathBuf) -> Result<TrialReport, String> {
        let _turn = self.turn.acquire().await.map_err(|_| "the panel is stopping".to_owned())?;
        let output = self.output(&package).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        let checked: Checked = serde_json::from_slice(&output.stdout).map_err(|_| {
            tracing::error!(package = %package.display(), status = %output.status, %said, "scenarios were not played");
            "its scenarios could not be played; the panel's log says more".to_owned()
        })?;
        let Some(Score { passed, tried }) = checked.conformance else {
            return Err("the package has errors that a check finds before anything is played".to_owned());
        };
        let findings =
            checked.findings.into_iter().filter(|finding| finding.code.starts_with(CODE)).collect();
        Ok(TrialReport { tried, passed, findings })
    }
}

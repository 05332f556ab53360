//! A version's own scenarios, played again before anybody lets it serve.

use std::path::PathBuf;
use std::time::Duration;

use caisson_storage::{modules, trials};
use caisson_types::{Timestamp, VersionId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Actor, Registry, RegistryError, Result};

/// One that came to no end by then never will: the process that played it is gone.
const LOST: Duration = Duration::from_secs(30 * 60);

/// What came of playing a version's scenarios again, twice and with a provider in trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialReport {
    pub tried: u64,
    pub passed: u64,
    pub findings: Vec<TrialFinding>,
}

/// Something that a version did wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialFinding {
    /// Of `runtime/docs/check.md`.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The file of the scenario.
    pub file: Option<String>,
    pub message: String,
    pub mend: String,
}

/// How far a trial is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialState {
    Running,
    Ended(TrialReport),
    /// It could not be played.
    Failed(String),
}

/// The last trial of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub began_at: Timestamp,
    pub began_by: String,
    pub state: TrialState,
}

impl Registry {
    /// The last trial of a version, if there was one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn trial(&self, version: VersionId) -> Result<Option<Trial>> {
        let Some(trial) = trials::of(&mut *self.db.conn().await?, version).await? else { return Ok(None) };
        let lost = trial.began_at < Timestamp::now().before(LOST);
        let state = match (trial.ended_at, trial.report, trial.error) {
            (None, ..) if lost => TrialState::Failed("the panel was stopped while it was played".to_owned()),
            (None, ..) => TrialState::Running,
            (Some(_), Some(report), _) => match serde_json::from_str(&report) {
                Ok(report) => TrialState::Ended(report),
                Err(_) => TrialState::Failed("what came of it cannot be read".to_owned()),
            },
            (Some(_), None, error) => TrialState::Failed(error.unwrap_or_default()),
        };
        Ok(Some(Trial { began_at: trial.began_at, began_by: trial.began_by, state }))
    }

    /// Notes that a trial begins; gives the package to play.
    ///
    /// # Errors
    /// Where one goes on, or there is no such version.
    pub async fn begin_trial(&self, version: VersionId, actor: Actor<'_>) -> Result<PathBuf> {
        let now = Timestamp::now();
        let mut tx = self.db.begin().await?;
        let row = modules::version_by_id(&mut tx, version).await?;
        if !trials::begin(&mut tx, version, actor, now, now.before(LOST)).await? {
            return Err(RegistryError::TrialRuns { key: row.key, version: row.version });
        }
        let detail = json!({ "version": row.version });
        caisson_storage::audit::append(&mut tx, actor, "module.trial", &row.key.to_string(), &detail).await?;
        tx.commit().await?;
        self.packages.path(&row.digest).map_err(RegistryError::Disk)
    }

    /// Notes what came of it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn end_trial(
        &self,
        version: VersionId,
        outcome: std::result::Result<TrialReport, String>,
    ) -> Result<()> {
        let outcome = outcome.map(|report| json!(report).to_string());
        let outcome = outcome.as_deref().map_err(String::as_str);
        Ok(trials::end(&mut *self.db.conn().await?, version, outcome, Timestamp::now()).await?)
    }
}

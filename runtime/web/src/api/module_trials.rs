//! A version's own scenarios, played again before it serves.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use caisson_registry::{Trial, TrialState};
use serde::Serialize;
use utoipa::ToSchema;

use super::modules::{Key, WhichVersion};
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App, trials};

/// How a version stood its scenarios, twice and with a provider in trouble.
#[derive(Serialize, ToSchema)]
pub(super) struct TrialBody {
    /// `running`, `ended` or `failed`.
    state: &'static str,
    began_at: i64,
    began_by: String,
    /// How often it was played, and how often that went as it should.
    tried: Option<u64>,
    passed: Option<u64>,
    findings: Vec<TrialFindingBody>,
    /// Why it could not be played.
    error: Option<String>,
}

/// Something that it did wrong.
#[derive(Serialize, ToSchema)]
struct TrialFindingBody {
    code: String,
    severity: String,
    file: Option<String>,
    message: String,
    mend: String,
}

impl From<Trial> for TrialBody {
    fn from(trial: Trial) -> Self {
        let (state, report, error) = match trial.state {
            TrialState::Running => ("running", None, None),
            TrialState::Ended(report) => ("ended", Some(report), None),
            TrialState::Failed(error) => ("failed", None, Some(error)),
        };
        Self {
            state,
            began_at: trial.began_at.0,
            began_by: trial.began_by,
            tried: report.as_ref().map(|report| report.tried),
            passed: report.as_ref().map(|report| report.passed),
            findings: report
                .into_iter()
                .flat_map(|report| report.findings)
                .map(|one| TrialFindingBody {
                    code: one.code,
                    severity: one.severity,
                    file: one.file,
                    message: one.message,
                    mend: one.mend,
                })
                .collect(),
            error,
        }
    }
}

/// Plays a version's own scenarios again, beside the panel: twice, and with a provider in trouble.
#[utoipa::path(post, path = "/modules/{kind}/{name}/trial", params(Key, WhichVersion), responses((status = ACCEPTED), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn begin_trial(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Query(which): Query<WhichVersion>,
) -> Result<StatusCode, ApiError> {
    let version = app.registry().find_version(&key.parse()?, which.version.as_deref()).await?;
    trials::begin(&app, version, &admin.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Shows the last trial of a version.
#[utoipa::path(get, path = "/modules/{kind}/{name}/trial", params(Key, WhichVersion), responses((status = OK, body = TrialBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_trial(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(which): Query<WhichVersion>,
) -> Result<axum::Json<TrialBody>, ApiError> {
    let version = app.registry().find_version(&key.parse()?, which.version.as_deref()).await?;
    let trial = app.registry().trial(version).await?.ok_or_else(|| ApiError::not_found("trial"))?;
    Ok(axum::Json(trial.into()))
}

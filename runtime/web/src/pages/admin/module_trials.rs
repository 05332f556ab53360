//! A version's own scenarios, played again before it serves.

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use caisson_registry::{Trial, TrialState};
use caisson_types::VersionId;
use minijinja::context;
use serde_json::{Value, json};

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::ui::{AdminUi, HX_REFRESH};
use super::modules::{base, key};
use crate::trials;
use crate::view::data;

/// The last trial of a version as pages show it; none where there was none.
pub(super) async fn row(ui: &AdminUi, version: VersionId) -> Result<Value, PageError> {
    let Some(Trial { began_at, began_by, state }) = ui.app.registry().trial(version).await? else {
        return Ok(Value::Null);
    };
    let (state, report, error) = match state {
        TrialState::Running => ("running", None, None),
        TrialState::Ended(report) => ("ended", Some(report), None),
        TrialState::Failed(error) => ("failed", None, Some(error)),
    };
    let report = report.unwrap_or_default();
    Ok(json!({
        "state": state, "began_at": began_at.0, "began_by": began_by, "tried": report.tried, "passed": report.passed,
        "findings": report.findings, "error": error,
    }))
}

/// The card alone, while a page waits for it; the page is loaded anew once it ended.
pub(super) async fn state(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    query: Asked,
) -> Result<Response, PageError> {
    let registry = ui.app.registry();
    let version = registry.find_version(&key(&kind, &name)?, query.get("version")).await?;
    let row = row(&ui, version).await?;
    let ended = row["state"] != "running";
    let context = context! {
        module => data(json!({ "type": kind, "name": name })),
        version => registry.manifest(version).await?.module.version.to_string(),
        trial => data(row),
    };
    let card = ui.fragment("admin/modules/trial_state.html", context)?;
    match ended {
        true => Ok(([(HX_REFRESH, HeaderValue::from_static("true"))], card).into_response()),
        false => Ok(card),
    }
}

pub(super) async fn begin(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let version = ui.app.registry().find_version(&key, Some(form.text("version"))).await?;
    trials::begin(&ui.app, version, ui.actor()).await?;
    ui.done(&format!("{}/-/{}", base(&key), form.text("back")), "done-trial").await
}

//! From version to version: the difference, a canary, back; and out.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use caisson_registry::{CanaryPlan, Difference};
use caisson_storage::modules;
use caisson_storage::upgrades::Canary;
use caisson_types::manifest::GrantRequest;
use caisson_types::{ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::Json;
use super::modules::{Key, WhichVersion};
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App, export};

/// What a version asks for beside the one that serves.
#[derive(Serialize, ToSchema)]
pub(super) struct DifferenceBody {
    /// The version that serves.
    from: Option<String>,
    to: String,
    /// An administrator has to decide before it may serve.
    waits: bool,
    more: Vec<DifferenceLine>,
    less: Vec<DifferenceLine>,
    same: Vec<DifferenceLine>,
    /// Limits that are not the same.
    limits: Vec<LimitBody>,
    /// Pages, tabs, schedules, permissions and secret settings that are new, or gone.
    parts: Vec<PartBody>,
}

/// One thing that a version asks for.
#[derive(Serialize, ToSchema)]
struct DifferenceLine {
    id: String,
    /// `high`, `medium` or `low`.
    risk: &'static str,
    sentence: String,
    reason: Option<String>,
}

/// A limit of a call, as the panel applies it.
#[derive(Serialize, ToSchema)]
struct LimitBody {
    name: &'static str,
    from: u64,
    to: u64,
}

#[derive(Serialize, ToSchema)]
struct PartBody {
    kind: &'static str,
    name: String,
    gone: bool,
}

impl From<GrantRequest> for DifferenceLine {
    fn from(one: GrantRequest) -> Self {
        Self { id: one.id.0, risk: one.risk.as_str(), sentence: one.sentence, reason: one.reason }
    }
}

impl From<Difference> for DifferenceBody {
    fn from(of: Difference) -> Self {
        let lines = |list: Vec<GrantRequest>| list.into_iter().map(DifferenceLine::from).collect();
        Self {
            from: of.from.map(|version| version.to_string()),
            to: of.to.to_string(),
            waits: of.waits,
            more: lines(of.more),
            less: lines(of.less),
            same: lines(of.same),
            limits: of
                .limits
                .iter()
                .map(|one| LimitBody { name: one.name, from: one.from, to: one.to })
                .collect(),
            parts: of
                .parts
                .into_iter()
                .map(|one| PartBody { kind: one.kind, name: one.name, gone: one.gone })
                .collect(),
        }
    }
}

/// Shows what a version asks for more, less and the same as the one that serves.
#[utoipa::path(get, path = "/modules/{kind}/{name}/difference", params(Key, WhichVersion), responses((status = OK, body = DifferenceBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_difference(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(which): Query<WhichVersion>,
) -> Result<axum::Json<DifferenceBody>, ApiError> {
    let difference = app.registry().difference_of(&key.parse()?, which.version.as_deref()).await?;
    Ok(axum::Json(difference.into()))
}

/// A version that is to serve a share.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CanaryPlanBody {
    /// Default: the newest.
    version: Option<String>,
    /// Of the calls, in percent: 1 to 99, or 0 with `services`.
    #[serde(default)]
    share: u32,
    /// Services that get it whatever the share is.
    #[serde(default)]
    services: Vec<Uuid>,
    /// Calls that may fail, in percent; default 2.
    most_failures: Option<f64>,
    /// Calls before a verdict; default 50.
    least_calls: Option<u32>,
}

/// A version that serves a share, or did.
#[derive(Serialize, ToSchema)]
pub(super) struct CanaryBody {
    version: String,
    share: u32,
    services: Vec<Uuid>,
    /// In percent.
    most_failures: f64,
    least_calls: u32,
    /// What was counted so far.
    calls: u64,
    failed: u64,
    began_at: i64,
    began_by: String,
    ended_at: Option<i64>,
    /// How it ended.
    verdict: Option<String>,
}

impl CanaryBody {
    fn new(canary: Canary, version: String) -> Self {
        Self {
            version,
            share: canary.share,
            services: canary.services.iter().map(|service| service.0).collect(),
            most_failures: f64::from(canary.most_failures) / 100.0,
            least_calls: canary.least_calls,
            calls: canary.calls,
            failed: canary.failed,
            began_at: canary.began_at.0,
            began_by: canary.began_by,
            ended_at: canary.ended_at.map(|at| at.0),
            verdict: canary.verdict,
        }
    }
}

/// Lets a version serve a share of the calls, beside the one that serves.
#[utoipa::path(post, path = "/modules/{kind}/{name}/canary", params(Key), request_body = CanaryPlanBody, responses((status = NO_CONTENT), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn begin_canary(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Json(body): Json<CanaryPlanBody>,
) -> Result<StatusCode, ApiError> {
    let version = app.registry().find_version(&key.parse()?, body.version.as_deref()).await?;
    let plan = CanaryPlan {
        share: body.share,
        services: body.services.into_iter().map(ServiceId).collect(),
        most_failures: body.most_failures.unwrap_or(CanaryPlan::MOST_FAILURES),
        least_calls: body.least_calls.unwrap_or(CanaryPlan::LEAST_CALLS),
    };
    app.registry().begin_canary(version, plan, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows the last canary of a module: the one that runs, or how it ended.
#[utoipa::path(get, path = "/modules/{kind}/{name}/canary", params(Key), responses((status = OK, body = CanaryBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_canary(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<axum::Json<CanaryBody>, ApiError> {
    let canary = app.registry().canary(&key.parse()?).await?.ok_or_else(|| ApiError::not_found("canary"))?;
    let version = modules::version_by_id(&mut *app.db().conn().await?, canary.version).await?;
    Ok(axum::Json(CanaryBody::new(canary, version.version.to_string())))
}

/// Lets the canary serve everything.
#[utoipa::path(post, path = "/modules/{kind}/{name}/promote", params(Key), responses((status = NO_CONTENT), (status = 409, body = ErrorBody)))]
pub(super) async fn promote_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<StatusCode, ApiError> {
    app.registry().promote(&key.parse()?, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a canary back, or lets the version that served before serve again.
#[utoipa::path(post, path = "/modules/{kind}/{name}/roll-back", params(Key), responses((status = NO_CONTENT), (status = 409, body = ErrorBody)))]
pub(super) async fn roll_back_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<StatusCode, ApiError> {
    app.registry().roll_back(&key.parse()?, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A tape archive with what a module keeps: its settings without secrets, and JSON lines for each of its tables.
#[utoipa::path(get, path = "/modules/{kind}/{name}/export", params(Key), responses((status = OK, content_type = "application/x-tar", body = [u8]), (status = 404, body = ErrorBody)))]
pub(super) async fn export_module(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<Response, ApiError> {
    export::answer(&app, &key.parse()?).await
}

/// Says again which module is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EraseBody {
    /// The module's name, without its type.
    name: String,
}

/// Removes an inactive module with all that it ever kept.
#[utoipa::path(post, path = "/modules/{kind}/{name}/erase", params(Key), request_body = EraseBody, responses((status = NO_CONTENT), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn erase_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Json(body): Json<EraseBody>,
) -> Result<StatusCode, ApiError> {
    app.registry().erase(&key.parse()?, &body.name, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a version that does not serve; one that still has tasks to finish stays until they have.
#[utoipa::path(delete, path = "/modules/{kind}/{name}/versions/{id}", params(("kind" = String, Path), ("name" = String, Path), ("id" = Uuid, Path)), responses((status = NO_CONTENT), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn delete_version(
    State(app): State<App>,
    admin: ApiAdmin,
    Path((kind, name, id)): Path<(String, String, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let key = Key::new(kind, name).parse()?;
    let version = modules::version_by_id(&mut *app.db().conn().await?, VersionId(id)).await?;
    if version.key != key {
        return Err(ApiError::not_found("version"));
    }
    app.registry().delete_version(version.id, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

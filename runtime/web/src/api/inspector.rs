//! What calls of modules did, what they used, and which grants they needed.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use caisson_registry::{DeniedLine, GrantLine};
use caisson_storage::calls::{self, Call, CallFilter};
use caisson_storage::page::PageQuery;
use caisson_storage::usage::{self, Totals};
use caisson_types::manifest::GrantId;
use caisson_types::{CallId, ModuleKey, ServiceId, TaskId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use super::modules::Key;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// Which calls; what is not set does not matter.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// The function that was entered, such as `product.create`.
    export: Option<String>,
    /// `ok`, `problem`, `trapped`, `exhausted` …
    outcome: Option<String>,
    service: Option<Uuid>,
    task: Option<Uuid>,
    /// The `x-request-id` of a request to the panel.
    request: Option<Uuid>,
    /// Milliseconds since 1970, UTC.
    from: Option<i64>,
    /// Milliseconds since 1970, UTC; itself not included.
    to: Option<i64>,
    /// Took this long or longer.
    slower_than_ms: Option<u64>,
    /// Only those that were denied a host call.
    #[serde(default)]
    denied: bool,
    /// Part of the function's name or of the message.
    search: Option<String>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

impl CallQuery {
    fn split(self, module: Option<ModuleKey>) -> (CallFilter, PageQuery) {
        let filter = CallFilter {
            module,
            version: None,
            export: self.export,
            outcome: self.outcome,
            service: self.service.map(ServiceId),
            task: self.task.map(TaskId),
            request: self.request,
            since: self.from.map(Timestamp),
            until: self.to.map(Timestamp),
            slower_than_us: self.slower_than_ms.map(|ms| ms.saturating_mul(1_000)),
            denied: self.denied,
        };
        let limit = self.limit.unwrap_or(50).min(200);
        (filter, PageQuery { offset: self.offset, search: self.search, ..PageQuery::first(limit) })
    }
}

/// One call of a module, with what it did.
#[derive(Serialize, ToSchema)]
pub(super) struct CallBody {
    id: Uuid,
    module: String,
    export: String,
    at: i64,
    outcome: String,
    message: Option<String>,
    wall_us: u64,
    cpu_us: u64,
    memory_bytes: u64,
    /// Bytes of headers and bodies over the network.
    bytes_out: u64,
    bytes_in: u64,
    /// All host calls, kept on the timeline or not.
    host_call_count: u64,
    omitted: u64,
    denied: u64,
    #[schema(value_type = Vec<Object>)]
    host_calls: Value,
    /// Ids of the grants it used.
    grants: Vec<String>,
    request: Option<Uuid>,
    task: Option<Uuid>,
    service: Option<Uuid>,
}

impl From<Call> for CallBody {
    fn from(call: Call) -> Self {
        Self {
            id: call.id.0,
            module: call.module.to_string(),
            export: call.export,
            at: call.at.0,
            outcome: call.outcome,
            message: call.message,
            wall_us: call.wall_us,
            cpu_us: call.cpu_us,
            memory_bytes: call.memory_bytes,
            bytes_out: call.bytes_out,
            bytes_in: call.bytes_in,
            host_call_count: call.host_call_count,
            omitted: call.omitted,
            denied: call.denied,
            host_calls: call.host_calls,
            grants: call.grants,
            request: call.request_id,
            task: call.task_id.map(|id| id.0),
            service: call.service_id.map(|id| id.0),
        }
    }
}

async fn page(
    app: &App,
    module: Option<ModuleKey>,
    query: CallQuery,
) -> Result<axum::Json<Vec<CallBody>>, ApiError> {
    let (filter, paging) = query.split(module);
    let page = calls::page(&mut *app.db().conn().await?, &filter, &paging).await?;
    Ok(axum::Json(page.items.into_iter().map(CallBody::from).collect()))
}

/// Lists a module's calls, newest first: all that failed, logged or were denied something, and a sample of the others.
#[utoipa::path(get, path = "/modules/{kind}/{name}/calls", params(Key, CallQuery), responses((status = OK, body = [CallBody])))]
pub(super) async fn list_module_calls(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<CallQuery>,
) -> Result<axum::Json<Vec<CallBody>>, ApiError> {
    page(&app, Some(key.parse()?), query).await
}

/// Lists the calls of all modules, newest first.
#[utoipa::path(get, path = "/calls", params(CallQuery), responses((status = OK, body = [CallBody])))]
pub(super) async fn list_calls(
    State(app): State<App>,
    _: ApiAdmin,
    Query(query): Query<CallQuery>,
) -> Result<axum::Json<Vec<CallBody>>, ApiError> {
    page(&app, None, query).await
}

/// Shows one call.
#[utoipa::path(get, path = "/calls/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = CallBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_call(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<CallBody>, ApiError> {
    let call = calls::by_id(&mut *app.db().conn().await?, CallId(id)).await?;
    Ok(axum::Json(call.into()))
}

/// Gives all that is known of one call in one document without secrets, to be sent to the module's author.
#[utoipa::path(get, path = "/calls/{id}/bundle", params(("id" = Uuid, Path)), responses((status = OK, body = Object), (status = 404, body = ErrorBody)))]
pub(super) async fn bundle_call(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<([(HeaderName, String); 1], axum::Json<Value>), ApiError> {
    let bundle = app.registry().bundle(CallId(id)).await?;
    let body = serde_json::to_value(bundle).unwrap_or_default();
    Ok(([(header::CONTENT_DISPOSITION, attachment(id))], axum::Json(body)))
}

/// How a bundle is named on the disk of whoever downloads it.
pub(crate) fn attachment(id: Uuid) -> String {
    format!("attachment; filename=\"caisson-call-{id}.json\"")
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UsageQuery {
    /// 1 to 720; default 24.
    hours: Option<u32>,
}

/// What all calls of a module used within one hour.
#[derive(Serialize, ToSchema)]
pub(super) struct HourBody {
    /// The hour's beginning.
    at: i64,
    #[serde(flatten)]
    totals: TotalsBody,
}

/// What calls used together.
#[derive(Serialize, ToSchema)]
pub(super) struct TotalsBody {
    calls: u64,
    failed: u64,
    host_calls: u64,
    denied: u64,
    cpu_us: u64,
    /// The time that half of the calls, and 99 of 100, did not pass; read from buckets, so within a factor of two.
    p50_us: Option<u64>,
    p99_us: Option<u64>,
    bytes_out: u64,
    bytes_in: u64,
}

impl From<&Totals> for TotalsBody {
    fn from(totals: &Totals) -> Self {
        Self {
            calls: totals.calls,
            failed: totals.failed,
            host_calls: totals.host_calls,
            denied: totals.denied,
            cpu_us: totals.cpu_us,
            p50_us: totals.times.quantile(0.5),
            p99_us: totals.times.quantile(0.99),
            bytes_out: totals.bytes_out,
            bytes_in: totals.bytes_in,
        }
    }
}

/// What all calls of a module used, recorded or not.
#[derive(Serialize, ToSchema)]
pub(super) struct UsageBody {
    total: TotalsBody,
    /// Oldest first; hours without calls are left out.
    hours: Vec<HourBody>,
}

/// Sums what all calls of a module used, hour by hour.
#[utoipa::path(get, path = "/modules/{kind}/{name}/usage", params(Key, UsageQuery), responses((status = OK, body = UsageBody)))]
pub(super) async fn show_usage(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<UsageQuery>,
) -> Result<axum::Json<UsageBody>, ApiError> {
    let hours = query.hours.unwrap_or(24).clamp(1, 720);
    let since = Timestamp::now().before(Duration::from_secs(3_600) * (hours - 1));
    let key = key.parse()?;
    let found = usage::by_hour(&mut *app.db().conn().await?, Some(&key), since).await?;
    let mut total = Totals::default();
    found.iter().for_each(|hour| total.add(&hour.totals));
    let hours = found.iter().map(|hour| HourBody { at: hour.at.0, totals: (&hour.totals).into() });
    Ok(axum::Json(UsageBody { hours: hours.collect(), total: (&total).into() }))
}

/// What counts as unused.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// Not used for so many days, and granted as long ago; default 30.
    unused_days: Option<u32>,
}

/// What one version may do, and what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportBody {
    /// The version that serves, else the newest.
    version: String,
    unused_days: u32,
    grants: Vec<GrantBody>,
    denied: Vec<DeniedBody>,
}

/// One thing that the version asks for.
#[derive(Serialize, ToSchema)]
pub(super) struct GrantBody {
    id: String,
    /// `high`, `medium` or `low`.
    risk: &'static str,
    sentence: String,
    reason: Option<String>,
    granted: bool,
    granted_at: Option<i64>,
    /// By any version, since the module was installed.
    uses: u64,
    last_used_at: Option<i64>,
    unused: bool,
}

impl From<GrantLine> for GrantBody {
    fn from(line: GrantLine) -> Self {
        Self {
            id: line.request.id.0,
            risk: line.request.risk.as_str(),
            sentence: line.request.sentence,
            reason: line.request.reason,
            granted: line.granted,
            granted_at: line.granted_at.map(|at| at.0),
            uses: line.uses,
            last_used_at: line.last_used_at.map(|at| at.0),
            unused: line.unused,
        }
    }
}

/// Something the module tried and was denied.
#[derive(Serialize, ToSchema)]
pub(super) struct DeniedBody {
    /// The grant's id where the version asks for it, else the line that its manifest lacks.
    line: String,
    denials: u64,
    last_at: i64,
    /// A call that was denied it.
    call: Uuid,
    /// The version asks for it, so that it can be granted.
    asked: bool,
    /// It was granted since.
    granted: bool,
}

impl From<DeniedLine> for DeniedBody {
    fn from(line: DeniedLine) -> Self {
        Self {
            line: line.line,
            denials: line.denials,
            last_at: line.last_at.0,
            call: line.call.0,
            asked: line.asked,
            granted: line.granted,
        }
    }
}

/// Reports what was asked, approved, used and denied.
#[utoipa::path(get, path = "/modules/{kind}/{name}/grants", params(Key, ReportQuery), responses((status = OK, body = ReportBody), (status = 404, body = ErrorBody)))]
pub(super) async fn report_grants(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<ReportQuery>,
) -> Result<axum::Json<ReportBody>, ApiError> {
    let report = app.registry().grants_report(&key.parse()?, query.unused_days.unwrap_or(30)).await?;
    Ok(axum::Json(ReportBody {
        version: report.version,
        unused_days: report.unused_days,
        grants: report.grants.into_iter().map(GrantBody::from).collect(),
        denied: report.denied.into_iter().map(DeniedBody::from).collect(),
    }))
}

/// What to take away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NarrowBody {
    /// Ids of grants that the version has.
    grants: Vec<String>,
}

/// Takes grants away; the version goes on serving with those it keeps.
#[utoipa::path(post, path = "/modules/{kind}/{name}/grants/narrow", params(Key), request_body = NarrowBody, responses((status = NO_CONTENT), (status = 422, body = ErrorBody)))]
pub(super) async fn narrow_grants(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Json(body): Json<NarrowBody>,
) -> Result<StatusCode, ApiError> {
    let taken: Vec<GrantId> = body.grants.into_iter().map(GrantId).collect();
    app.registry().narrow(&key.parse()?, &taken, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

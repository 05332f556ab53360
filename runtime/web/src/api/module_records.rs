//! What a module said.

use axum::extract::{Path, Query, State};
use caisson_storage::module_log;
use caisson_storage::page::PageQuery;
use caisson_types::{CallId, ServiceId, TaskId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::modules::Key;
use crate::auth::ApiAdmin;
use crate::{ApiError, App};

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    level: Option<String>,
    service: Option<Uuid>,
    task: Option<Uuid>,
    call: Option<Uuid>,
    /// Part of the action's name.
    action: Option<String>,
    /// Part of the action, the request or the response.
    search: Option<String>,
    /// Milliseconds since 1970, UTC.
    from: Option<i64>,
    /// Milliseconds since 1970, UTC; itself not included.
    to: Option<i64>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// One entry of a module's log, redacted.
#[derive(Serialize, ToSchema)]
pub(super) struct LogBody {
    at: i64,
    level: String,
    action: String,
    request: String,
    response: String,
    call: Option<Uuid>,
    task: Option<Uuid>,
    service: Option<Uuid>,
}

/// Lists a module's log, newest first.
#[utoipa::path(get, path = "/modules/{kind}/{name}/log", params(Key, LogQuery), responses((status = OK, body = [LogBody])))]
pub(super) async fn list_log(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<LogQuery>,
) -> Result<axum::Json<Vec<LogBody>>, ApiError> {
    let filter = module_log::LogFilter {
        module: Some(key.parse()?),
        level: query.level,
        service: query.service.map(ServiceId),
        task: query.task.map(TaskId),
        call: query.call.map(CallId),
        action: query.action,
        since: query.from.map(Timestamp),
        until: query.to.map(Timestamp),
    };
    let limit = query.limit.unwrap_or(50).min(200);
    let paging = PageQuery { offset: query.offset, search: query.search, ..PageQuery::first(limit) };
    let mut conn = app.db().conn().await?;
    let page = module_log::page(&mut conn, &filter, &paging).await?;
    let body = page.items.into_iter().map(|entry| LogBody {
        at: entry.at.0,
        level: entry.level,
        action: entry.action,
        request: entry.request,
        response: entry.response,
        call: entry.call_id.map(|id| id.0),
        task: entry.task_id.map(|id| id.0),
        service: entry.service_id.map(|id| id.0),
    });
    Ok(axum::Json(body.collect()))
}

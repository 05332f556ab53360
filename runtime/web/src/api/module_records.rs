//! What a module said, and what calls into it did.

use axum::extract::{Path, Query, State};
use caisson_storage::page::PageQuery;
use caisson_storage::{calls, module_log};
use caisson_types::{ServiceId, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// Part of the action's name.
    action: Option<String>,
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
        action: query.action,
        ..module_log::LogFilter::default()
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
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

/// Which calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// `ok`, `problem`, `trapped`, `exhausted` …
    outcome: Option<String>,
    service: Option<Uuid>,
    task: Option<Uuid>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// One call of a module, with what it did.
#[derive(Serialize, ToSchema)]
pub(super) struct CallBody {
    id: Uuid,
    export: String,
    at: i64,
    outcome: String,
    message: Option<String>,
    wall_us: u64,
    cpu_us: u64,
    memory_bytes: u64,
    #[schema(value_type = Object)]
    host_calls: Value,
    task: Option<Uuid>,
    service: Option<Uuid>,
}

/// Lists a module's calls, newest first: all that failed, and a sample of those that did not.
#[utoipa::path(get, path = "/modules/{kind}/{name}/calls", params(Key, CallQuery), responses((status = OK, body = [CallBody])))]
pub(super) async fn list_calls(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<CallQuery>,
) -> Result<axum::Json<Vec<CallBody>>, ApiError> {
    let filter = calls::CallFilter {
        module: Some(key.parse()?),
        outcome: query.outcome,
        service: query.service.map(ServiceId),
        task: query.task.map(TaskId),
        ..calls::CallFilter::default()
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
    let mut conn = app.db().conn().await?;
    let page = calls::page(&mut conn, &filter, &paging).await?;
    let body = page.items.into_iter().map(|call| CallBody {
        id: call.id.0,
        export: call.export,
        at: call.at.0,
        outcome: call.outcome,
        message: call.message,
        wall_us: call.wall_us,
        cpu_us: call.cpu_us,
        memory_bytes: call.memory_bytes,
        host_calls: call.host_calls,
        task: call.task_id.map(|id| id.0),
        service: call.service_id.map(|id| id.0),
    });
    Ok(axum::Json(body.collect()))
}

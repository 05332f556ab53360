use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use caisson_storage::page::PageQuery;
use caisson_storage::tasks::{self, Task, TaskFilter};
use caisson_types::{ModuleKey, ServiceId, TaskId, TaskStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// A queued call.
#[derive(Serialize, ToSchema)]
pub(super) struct TaskBody {
    id: Uuid,
    module: String,
    method: String,
    queue: String,
    tags: Vec<String>,
    /// `pending`, `running`, `done`, `failed` or `cancelled`.
    status: &'static str,
    attempts: u32,
    tries: u32,
    service: Option<Uuid>,
    progress: Option<u32>,
    progress_message: Option<String>,
    last_error: Option<String>,
    #[schema(value_type = Object)]
    result: Option<Value>,
    run_at: i64,
    created_at: i64,
    finished_at: Option<i64>,
}

impl From<Task> for TaskBody {
    fn from(task: Task) -> Self {
        Self {
            id: task.id.0,
            module: task.module.to_string(),
            method: task.method,
            queue: task.queue,
            tags: task.tags,
            status: task.status.as_str(),
            attempts: task.attempts,
            tries: task.tries,
            service: task.service_id.map(|id| id.0),
            progress: task.progress,
            progress_message: task.progress_message,
            last_error: task.last_error,
            result: task.result,
            run_at: task.run_at.0,
            created_at: task.created_at.0,
            finished_at: task.finished_at.map(|at| at.0),
        }
    }
}

/// A page of tasks.
#[derive(Serialize, ToSchema)]
pub(super) struct TaskList {
    items: Vec<TaskBody>,
    total: u64,
}

/// Which tasks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    #[param(value_type = Option<String>)]
    status: Option<TaskStatus>,
    #[param(value_type = Option<String>)]
    module: Option<ModuleKey>,
    service: Option<Uuid>,
    tag: Option<String>,
    queue: Option<String>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Lists tasks, newest first.
#[utoipa::path(get, path = "/tasks", params(TaskQuery), responses((status = OK, body = TaskList)))]
pub(super) async fn list_tasks(
    State(app): State<App>,
    _: ApiAdmin,
    Query(query): Query<TaskQuery>,
) -> Result<axum::Json<TaskList>, ApiError> {
    let filter = TaskFilter {
        status: query.status,
        module: query.module,
        service: query.service.map(ServiceId),
        tag: query.tag,
        queue: query.queue,
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
    let mut conn = app.db().conn().await?;
    let page = tasks::page(&mut conn, &filter, &paging).await?;
    Ok(axum::Json(TaskList {
        items: page.items.into_iter().map(TaskBody::from).collect(),
        total: page.total,
    }))
}

/// Shows a task.
#[utoipa::path(get, path = "/tasks/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = TaskBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_task(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<TaskBody>, ApiError> {
    let mut conn = app.db().conn().await?;
    Ok(axum::Json(tasks::by_id(&mut conn, TaskId(id)).await?.into()))
}

/// Runs a failed or cancelled task again.
#[utoipa::path(post, path = "/tasks/{id}/retry", params(("id" = Uuid, Path)), responses((status = NO_CONTENT), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn retry_task(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.billing().retry_task(TaskId(id), &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancels a task that waits.
#[utoipa::path(post, path = "/tasks/{id}/cancel", params(("id" = Uuid, Path)), responses((status = NO_CONTENT), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn cancel_task(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.billing().cancel_task(TaskId(id), &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use caisson_storage::tasks::{self, TaskFilter};
use caisson_storage::{Optional, PageQuery, calls, module_log, modules};
use caisson_types::{TaskId, TaskStatus};
use minijinja::context;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::{AdminUi, HX_REFRESH};
use crate::view::data;

const STATUSES: [TaskStatus; 5] =
    [TaskStatus::Pending, TaskStatus::Running, TaskStatus::Done, TaskStatus::Failed, TaskStatus::Cancelled];
/// Rows of each list on a task's page.
const FEW: u64 = 50;

pub(super) async fn list(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let filter =
        TaskFilter { status: asked.parse("status"), module: asked.module(), ..TaskFilter::default() };
    let mut conn = ui.app.db().conn().await?;
    let found = tasks::page(&mut conn, &filter, &asked.page()).await?;
    let mut counts = serde_json::Map::new();
    for status in STATUSES {
        counts.insert(status.to_string(), tasks::count(&mut conn, status).await?.into());
    }
    let filters = vec![asked.words(&ui, "status", "col-status", "status-", STATUSES), asked.modules(&ui)];
    let context = context! {
        tasks => data(rows::tasks(&ui.app, &mut conn, &found.items).await?),
        counts => data(counts),
        listing => data(asked.listing("/admin/tasks", found.total, filters)),
    };
    drop(conn);
    ui.page("admin/tasks/list.html", context).await
}

/// A task with everything that is known of it.
async fn whole(ui: &AdminUi, id: TaskId) -> Result<(tasks::Task, Value), PageError> {
    let mut conn = ui.app.db().conn().await?;
    let task = tasks::by_id(&mut conn, id).await?;
    let labels = rows::labels(&ui.app, &mut conn, task.service_id).await?;
    let version = modules::version_by_id(&mut conn, task.version_id).await.optional()?;
    let mut row = rows::task(&ui.app, &task, &labels);
    let more = json!({
        "queue": task.queue, "version": version.map(|version| version.version.to_string()).unwrap_or_default(),
        "payload": task.payload.to_string(), "tags": task.tags, "actor": task.actor,
        "exceptions": task.exceptions, "max_exceptions": task.max_exceptions, "backoff_s": task.backoff_s,
        "timeout_s": task.timeout_s, "started_at": task.started_at.map(|at| at.0), "worker": task.lease_owner,
        "result": task.result.as_ref().map(Value::to_string),
    });
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    Ok((task, row))
}

pub(super) async fn show(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let (task, row) = whole(&ui, TaskId(id)).await?;
    let mut conn = ui.app.db().conn().await?;
    let filter = module_log::LogFilter { task: Some(task.id), ..module_log::LogFilter::default() };
    let entries = module_log::page(&mut conn, &filter, &PageQuery::first(FEW)).await?.items;
    let filter = calls::CallFilter { task: Some(task.id), ..calls::CallFilter::default() };
    let made = calls::page(&mut conn, &filter, &PageQuery::first(FEW)).await?.items;
    drop(conn);
    let context = context! {
        task => data(row),
        entries => data(rows::log_entries(&ui.app, &entries)),
        calls => data(made.iter().map(rows::call).collect::<Vec<_>>()),
    };
    ui.page("admin/tasks/show.html", context).await
}

pub(super) async fn state(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let (task, row) = whole(&ui, TaskId(id)).await?;
    let page = ui.fragment("admin/tasks/state.html", context! { task => data(row) })?;
    if matches!(task.status, TaskStatus::Pending | TaskStatus::Running) {
        return Ok(page);
    }
    Ok(([(HX_REFRESH, HeaderValue::from_static("true"))], page).into_response())
}

pub(super) async fn retry(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    let retried = ui.app.billing().retry_task(TaskId(id), ui.actor()).await;
    ui.outcome(&format!("/admin/tasks/{id}"), "done-retried", retried).await
}

pub(super) async fn cancel(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    let cancelled = ui.app.billing().cancel_task(TaskId(id), ui.actor()).await;
    ui.outcome(&format!("/admin/tasks/{id}"), "done-cancelled", cancelled).await
}

/// One by one: a task whose service moved on is left as it is.
pub(super) async fn retry_failed(ui: AdminUi, _: Form) -> Result<Response, PageError> {
    let filter = TaskFilter { status: Some(TaskStatus::Failed), ..TaskFilter::default() };
    let query = PageQuery::first(PageQuery::MOST);
    let failed = tasks::page(&mut *ui.app.db().conn().await?, &filter, &query).await?;
    for task in failed.items {
        if let Err(error) = ui.app.billing().retry_task(task.id, ui.actor()).await {
            tracing::info!(task.id = %task.id, %error, "a failed task was not queued again");
        }
    }
    ui.done("/admin/tasks", "done-retried").await
}

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use caisson_storage::{Optional, PageQuery, calls, module_log, modules};
use caisson_types::CallId;
use minijinja::context;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::api::inspector::attachment;
use crate::view::data;

pub(super) async fn show(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let mut conn = ui.app.db().conn().await?;
    let call = calls::by_id(&mut conn, CallId(id)).await?;
    let version = modules::version_by_id(&mut conn, call.version).await.optional()?;
    let filter = module_log::LogFilter { call: Some(call.id), ..module_log::LogFilter::default() };
    let entries = module_log::page(&mut conn, &filter, &PageQuery::first(100)).await?.items;
    drop(conn);
    let mut row = rows::call(&call);
    row["module"] = rows::module(&ui.app, &call.module);
    row["version"] = json!(version.map(|version| version.version.to_string()).unwrap_or_default());
    let steps: Vec<Value> =
        call.host_calls.as_array().map(|steps| steps.iter().map(step).collect()).unwrap_or_default();
    let context = context! {
        call => data(row),
        host_calls => data(steps),
        entries => data(rows::log_entries(&ui.app, &entries)),
    };
    ui.page("admin/calls/show.html", context).await
}

/// The call for its module's author, as a file.
pub(super) async fn bundle(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let bundle = ui.app.registry().bundle(CallId(id)).await?;
    let text = serde_json::to_string_pretty(&bundle).unwrap_or_default();
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, attachment(id))];
    Ok((headers, text).into_response())
}

/// A host call with every member, since a template takes one that is missing for a mistake.
fn step(step: &Value) -> Value {
    json!({
        "name": step["name"], "at_us": step["at_us"], "took_us": step["took_us"], "outcome": step["outcome"],
        "detail": step["detail"], "times": step["times"].as_u64().unwrap_or(1),
    })
}

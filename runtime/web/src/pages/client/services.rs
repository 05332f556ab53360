use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caisson_billing::BillingError;
use caisson_storage::services::{self, ServiceContext, ServiceFilter};
use caisson_storage::{PageQuery, tasks};
use caisson_types::{ProvisionStatus, ServiceId, TaskStatus};
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::module_view::button;
use super::super::rows;
use super::super::ui::{ClientUi, HX_REFRESH};
use crate::ApiError;
use crate::view::data;

pub(super) async fn list(ui: ClientUi) -> Result<Response, PageError> {
    let filter = ServiceFilter { client: Some(ui.client.id), ..ServiceFilter::default() };
    let query = PageQuery::first(PageQuery::MOST);
    let found = services::page_contexts(&mut *ui.app.db().conn().await?, &filter, &query).await?;
    let rows: Vec<Value> = found.items.iter().map(|context| rows::service(&ui.app, context)).collect();
    ui.page("client/services.html", context! { services => data(rows) }).await
}

pub(super) async fn show(ui: ClientUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let found = ui.app.billing().service_of(ui.client.id, ServiceId(id)).await?;
    page(&ui, StatusCode::OK, &found, None, (None, None)).await
}

/// The page of a service: its overview, or what a tab of its module rendered.
pub(super) async fn page(
    ui: &ClientUi,
    status: StatusCode,
    found: &ServiceContext,
    tab: Option<&str>,
    (module_html, module_error): (Option<ViewValue>, Option<String>),
) -> Result<Response, PageError> {
    let service = &found.service;
    let mut shown = rows::service(&ui.app, found);
    shown["facts"] = json!(rows::facts(&ui.app, service, true));
    // Causes are for staff; a client reads that it failed.
    shown["status_message"] = Value::Null;
    let task = task(ui, service.id).await?;
    let (mut tabs, mut actions, mut sso) = (Vec::new(), Vec::new(), false);
    if let Ok(active) = ui.app.registry().active_for(&service.module, service.id) {
        let provisioned =
            matches!(service.provision_status, ProvisionStatus::Completed | ProvisionStatus::Suspended);
        if provisioned {
            tabs.extend(active.manifest.client.tabs.iter().map(|tab| {
                let href = format!("/client/services/{}/{}", service.id, tab.key);
                let icon = tab.icon.as_deref().unwrap_or("point");
                json!({ "key": tab.key.as_str(), "label": tab.name, "href": href, "icon": icon, "count": 0 })
            }));
        }
        actions.extend(active.manifest.actions.iter().filter(|action| action.client).map(button));
        sso = active.manifest.client.single_sign_on;
    }
    let context = context! {
        service => data(shown), task => task.map(data), actions => data(actions), tabs => data(tabs),
        tab, module_html, module_error, sso,
    };
    ui.page_with(status, "client/service.html", context).await
}

/// The task that works on a service.
async fn task(ui: &ClientUi, service: ServiceId) -> Result<Option<Value>, PageError> {
    let newest = tasks::of_service(&mut *ui.app.db().conn().await?, service, 1).await?;
    let working =
        newest.first().filter(|task| matches!(task.status, TaskStatus::Pending | TaskStatus::Running));
    Ok(working.map(|task| {
        json!({
            "status": task.status.as_str(), "progress": task.progress.unwrap_or_default(),
            "progress_text": task.progress_message,
        })
    }))
}

pub(super) async fn progress(ui: ClientUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let found = ui.app.billing().service_of(ui.client.id, ServiceId(id)).await?;
    let status = found.service.provision_status;
    let context = context! {
        service => context! { id => id.to_string(), provision_status => status.as_str() },
        task => task(&ui, found.service.id).await?.map(data),
    };
    let page = ui.fragment("client/progress.html", context)?;
    if status == ProvisionStatus::Processing {
        return Ok(page);
    }
    Ok(([(HX_REFRESH, HeaderValue::from_static("true"))], page).into_response())
}

/// A button that the manifest offers to clients.
pub(super) async fn action(
    ui: ClientUi,
    Path((id, key)): Path<(Uuid, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let found = usable(&ui, ServiceId(id)).await?;
    let active = ui.app.registry().active_for(&found.service.module, found.service.id)?;
    if !active.manifest.actions.iter().any(|action| action.client && action.key.as_str() == key) {
        return Err(ApiError::not_found("action").into());
    }
    let to = format!("/client/services/{id}");
    match ui.app.billing().run_action(found, &key, ui.locale()).await {
        Ok(Some(text)) => ui.say(&to, "success", text).await,
        Ok(None) => ui.done(&to, "done-action").await,
        Err(error) => ui.say(&to, "error", for_client(error)).await,
    }
}

pub(super) async fn single_sign_on(
    ui: ClientUi,
    Path(id): Path<Uuid>,
    _: Form,
) -> Result<Response, PageError> {
    let found = usable(&ui, ServiceId(id)).await?;
    let to = format!("/client/services/{id}");
    match ui.app.billing().single_sign_on(found, ui.locale()).await {
        Ok(target) if url::Url::parse(&target).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) => {
            Ok(ui.go(&target))
        }
        Ok(_) => ui.say(&to, "error", ui.t("error-502-why", &[])).await,
        Err(error) => ui.say(&to, "error", for_client(error)).await,
    }
}

/// A client's service that is in use; others take no requests.
async fn usable(ui: &ClientUi, id: ServiceId) -> Result<ServiceContext, PageError> {
    let found = ui.app.billing().service_of(ui.client.id, id).await?;
    let status = found.service.provision_status;
    if status == ProvisionStatus::Completed {
        return Ok(found);
    }
    Err(ApiError::new(StatusCode::CONFLICT, format!("This service is {status}; it takes no changes now."))
        .into())
}

/// What a client may read of a failure: the module's own words, or that it did not work.
pub(super) fn for_client(error: BillingError) -> String {
    match error {
        BillingError::Module(error) => {
            tracing::info!(%error, "a module's part of a client's page failed");
            error.public_message()
        }
        other => ApiError::from(other).message,
    }
}

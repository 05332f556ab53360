//! Tabs of modules on a client's service, and the requests that their forms and links send.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use caisson_billing::{Answered, BillingError, TabRequest};
use caisson_sandbox::CallError;
use caisson_storage::services::ServiceContext;
use caisson_types::{FieldError, ProvisionStatus, ServiceId};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::module_view::{self, Place};
use super::super::rows;
use super::super::ui::{ClientUi, page_headers};
use super::services::{for_client, page};
use crate::{ApiError, App};

type Pairs = Vec<(String, String)>;

pub(super) async fn show(
    ui: ClientUi,
    Path((id, tab)): Path<(Uuid, String)>,
    Query(query): Query<Pairs>,
) -> Result<Response, PageError> {
    let found = ui.app.billing().service_of(ui.client.id, ServiceId(id)).await?;
    show_tab(&ui, StatusCode::OK, &found, &tab, query, None).await
}

/// A form that was refused: what was wrong with it, and what was typed.
struct Refused {
    errors: Vec<FieldError>,
    form: Pairs,
}

/// The tab's template finds `errors` and `form` in its data: empty, unless a form of it was refused.
async fn show_tab(
    ui: &ClientUi,
    status: StatusCode,
    found: &ServiceContext,
    tab: &str,
    query: Pairs,
    refused: Option<Refused>,
) -> Result<Response, PageError> {
    let provisioned =
        matches!(found.service.provision_status, ProvisionStatus::Completed | ProvisionStatus::Suspended);
    let active = ui.app.registry().active_for(&found.service.module, found.service.id)?;
    let declared = active.manifest.tab(tab).filter(|_| provisioned);
    let template = declared.map(|tab| tab.template.clone()).ok_or_else(|| ApiError::not_found("page"))?;
    let request =
        TabRequest { path: tab.to_owned(), query, locale: ui.locale().to_owned(), ..TabRequest::default() };
    let shown = match ui.app.billing().tab_data(found.clone(), tab, request).await {
        Ok(mut json) => {
            if let Some(data) = json.as_object_mut() {
                match refused {
                    Some(refused) => {
                        data.insert("errors".to_owned(), rows::errors(&refused.errors));
                        let typed =
                            refused.form.into_iter().map(|(name, value)| (name, Value::String(value)));
                        data.insert("form".to_owned(), Value::Object(typed.collect()));
                    }
                    None => {
                        data.entry("errors").or_insert_with(|| Value::Array(Vec::new()));
                        data.entry("form").or_insert_with(|| Value::Object(Map::new()));
                    }
                }
            }
            let place = Place::client(&active, found.service.id);
            module_view::shown(ui, &active, &template, &json, &place)
        }
        Err(error) => (None, Some(for_client(error))),
    };
    page(ui, status, found, Some(tab), shown).await
}

pub(super) async fn get(
    ui: ClientUi,
    path: Path<(Uuid, String)>,
    Query(query): Query<Pairs>,
) -> Result<Response, PageError> {
    handle(ui, path, TabRequest { query, ..TabRequest::default() }).await
}

pub(super) async fn post(
    ui: ClientUi,
    path: Path<(Uuid, String)>,
    Query(query): Query<Pairs>,
    form: Form,
) -> Result<Response, PageError> {
    handle(ui, path, TabRequest { post: true, query, form: form.into_pairs(), ..TabRequest::default() }).await
}

async fn handle(
    ui: ClientUi,
    Path((id, key)): Path<(Uuid, String)>,
    request: TabRequest,
) -> Result<Response, PageError> {
    let found = ui.app.billing().service_of(ui.client.id, ServiceId(id)).await?;
    let tab = declared(&ui.app, &found, &key)?;
    let base = format!("/client/services/{id}");
    let to = format!("{base}/{tab}");
    let form = request.form.clone();
    let request = TabRequest { path: key.clone(), locale: ui.locale().to_owned(), ..request };
    let answered = ui.app.billing().tab_action(found.clone(), &key, request).await;
    match answered {
        Ok((status, Answered::View { template, data })) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let active = ui.app.registry().active_for(&found.service.module, found.service.id)?;
            let place = Place::client(&active, found.service.id);
            let (html, error) = module_view::shown(&ui, &active, &template, &data, &place);
            match html {
                // htmx asked for a piece of the tab.
                Some(html) if ui.shell.htmx => {
                    Ok((status, page_headers(), Html(html.to_string())).into_response())
                }
                html => page(&ui, status, &found, Some(&tab), (html, error)).await,
            }
        }
        Ok((status, Answered::Text(text))) if status < 400 => ui.say(&to, "success", text).await,
        Ok((_, Answered::Text(text))) => ui.say(&to, "error", text).await,
        Ok((_, Answered::Empty)) => ui.done(&to, "done-action").await,
        Ok((status, answered)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            module_view::plain(&ui, status, answered, &base)
        }
        Err(BillingError::Module(CallError::Problem(problem))) if !problem.errors.is_empty() => {
            let refused = Refused { errors: problem.errors, form };
            show_tab(&ui, StatusCode::UNPROCESSABLE_ENTITY, &found, &tab, Vec::new(), Some(refused)).await
        }
        Err(error) => ui.say(&to, "error", for_client(error)).await,
    }
}

/// The tab of an action that the manifest declares.
fn declared(app: &App, found: &ServiceContext, key: &str) -> Result<String, PageError> {
    let active = app.registry().active_for(&found.service.module, found.service.id)?;
    let action = active.manifest.client.actions.iter().find(|action| action.key.as_str() == key);
    Ok(action.map(|action| action.tab.to_string()).ok_or_else(|| ApiError::not_found("action"))?)
}

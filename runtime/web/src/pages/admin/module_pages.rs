//! Pages of modules' own in the administration area: a route of the manifest, the module's answer, the panel's frame.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use caisson_billing::{AdminRequest, Answered};
use caisson_types::manifest::{Method, Route};
use minijinja::context;
use serde_json::json;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::module_view::{self, Place};
use super::super::ui::AdminUi;
use super::modules::key;
use crate::ApiError;
use crate::view::data;

type Pairs = Vec<(String, String)>;

pub(super) async fn get(
    ui: AdminUi,
    path: Path<(String, String, String)>,
    Query(query): Query<Pairs>,
) -> Result<Response, PageError> {
    serve(ui, path, Method::Get, query, Vec::new()).await
}

pub(super) async fn post(
    ui: AdminUi,
    path: Path<(String, String, String)>,
    Query(query): Query<Pairs>,
    form: Form,
) -> Result<Response, PageError> {
    serve(ui, path, Method::Post, query, form.into_pairs()).await
}

async fn serve(
    ui: AdminUi,
    Path((kind, name, path)): Path<(String, String, String)>,
    method: Method,
    query: Pairs,
    form: Pairs,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let active = ui.app.registry().active_for(&key, ui.admin.id)?;
    let (route, params) = Route::find(&active.manifest.admin.routes, method, &path)
        .ok_or_else(|| ApiError::not_found("page"))?;
    let request = AdminRequest {
        method,
        path: path.clone(),
        params,
        query,
        form,
        body: Vec::new(),
        admin: ui.admin.id,
        locale: ui.locale().to_owned(),
    };
    let base = format!("/admin/modules/{key}");
    let answered = ui.app.billing().admin_page(&active, &route.name, request).await;
    let (status, html, error) = match answered {
        Ok((status, Answered::View { template, data })) => {
            let (html, error) =
                module_view::shown(&ui, &active, &template, &data, &Place::admin(&active, None));
            (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), html, error)
        }
        Ok((_, Answered::Empty)) => return ui.done(&format!("{base}/{path}"), "done-action").await,
        Ok((status, answered)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            return module_view::plain(&ui, status, answered, &base);
        }
        Err(error) => {
            let error = ApiError::from(error);
            (error.status, None, Some(error.message))
        }
    };
    let about = &active.manifest.module;
    let title = active.manifest.admin.present(route).map_or(&about.title, |link| &link.title);
    let context = context! {
        module => data(json!({
            "type": key.kind().as_str(), "name": key.name().as_str(), "title": about.title, "icon": about.icon,
        })),
        title, module_html => html, module_error => error, call_id => (),
    };
    ui.page_with(status, "admin/modules/page.html", context).await
}

//! The API that modules add: a route of the manifest, and the module's answer as data.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method as HttpMethod, StatusCode, header};
use axum::response::Response;
use caisson_billing::AdminRequest;
use caisson_types::ModuleKey;
use caisson_types::manifest::{Method, Route};

use crate::auth::ApiAdmin;
use crate::{ApiError, App, answered};

/// The language of answers: a program reads them.
const LOCALE: &str = "en";

pub(super) async fn serve(
    State(app): State<App>,
    admin: ApiAdmin,
    method: HttpMethod,
    Path((kind, name, path)): Path<(String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("route");
    let key: ModuleKey = format!("{kind}/{name}").parse().map_err(|_| unknown())?;
    let method: Method = method.as_str().parse().map_err(|_| unknown())?;
    let active = app.registry().active_for(&key, admin.id)?;
    let (route, params) = Route::find(&active.manifest.admin.api, method, &path).ok_or_else(unknown)?;
    if !body.is_empty() && !is_json(&headers) {
        let message = "The body is not declared as application/json; modules take no other.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let request = AdminRequest {
        method,
        path: path.clone(),
        params,
        query,
        form: Vec::new(),
        body: body.into(),
        admin: admin.id,
        locale: LOCALE.to_owned(),
    };
    let (status, answered) = app.billing().admin_page(&active, &route.name, request).await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    answered::data(status, answered).map_err(|_| {
        tracing::warn!(module = %key, route = route.name, "a module's API answered with a page or a redirect");
        ApiError::new(StatusCode::BAD_GATEWAY, "The module answered with a page, where data is due.")
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

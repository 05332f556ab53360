use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use caisson_billing::{Answered, NewService, TabRequest};
use caisson_capabilities::contract::exports::product::Metric;
use caisson_storage::page::PageQuery;
use caisson_storage::services::{Service, ServiceFilter};
use caisson_types::{ClientId, ModuleKey, ProductId, ProvisionStatus, ServiceId, Verb};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// What a client ordered.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceBody {
    id: Uuid,
    client_id: Uuid,
    product_id: Uuid,
    module: String,
    /// Where it stands with its client.
    billing_status: &'static str,
    /// Where it stands with its provider.
    provision_status: &'static str,
    /// The last error, until the next status.
    status_message: Option<String>,
    /// Without what is secret.
    #[schema(value_type = Object)]
    data: Value,
    created_at: i64,
    updated_at: i64,
}

impl From<Service> for ServiceBody {
    fn from(service: Service) -> Self {
        Self {
            id: service.id.0,
            client_id: service.client_id.0,
            product_id: service.product_id.0,
            module: service.module.to_string(),
            billing_status: service.billing_status.as_str(),
            provision_status: service.provision_status.as_str(),
            status_message: service.status_message,
            data: service.data,
            created_at: service.created_at.0,
            updated_at: service.updated_at.0,
        }
    }
}

/// A page of services.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceList {
    items: Vec<ServiceBody>,
    total: u64,
}

/// Which services.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ServiceQuery {
    client: Option<Uuid>,
    product: Option<Uuid>,
    #[param(value_type = Option<String>)]
    module: Option<ModuleKey>,
    #[param(value_type = Option<String>)]
    status: Option<ProvisionStatus>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Lists services, newest first.
#[utoipa::path(get, path = "/services", params(ServiceQuery), responses((status = OK, body = ServiceList)))]
pub(super) async fn list_services(
    State(app): State<App>,
    _: ApiAdmin,
    Query(query): Query<ServiceQuery>,
) -> Result<axum::Json<ServiceList>, ApiError> {
    let filter = ServiceFilter {
        client: query.client.map(ClientId),
        product: query.product.map(ProductId),
        module: query.module,
        provision_status: query.status,
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
    let page = app.billing().services(&filter, &paging).await?;
    Ok(axum::Json(ServiceList {
        items: page.items.into_iter().map(ServiceBody::from).collect(),
        total: page.total,
    }))
}

/// A new service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewServiceBody {
    client_id: Uuid,
    product_id: Uuid,
    /// Values of the module's service fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Makes a service; nothing is asked of the provider yet.
#[utoipa::path(post, path = "/services", request_body = NewServiceBody, responses((status = CREATED, body = ServiceBody), (status = 422, body = ErrorBody)))]
pub(super) async fn create_service(
    State(app): State<App>,
    admin: ApiAdmin,
    Json(body): Json<NewServiceBody>,
) -> Result<(StatusCode, axum::Json<ServiceBody>), ApiError> {
    let new = NewService {
        client_id: ClientId(body.client_id),
        product_id: ProductId(body.product_id),
        data: body.data,
    };
    let service = app.billing().create_service(new, &admin.email).await?;
    Ok((StatusCode::CREATED, axum::Json(service.into())))
}

/// Shows a service.
#[utoipa::path(get, path = "/services/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = ServiceBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_service(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<ServiceBody>, ApiError> {
    Ok(axum::Json(app.billing().service(ServiceId(id)).await?.service.into()))
}

/// What a verb needs to know.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerbBody {
    /// For `change-package`: the product to change to.
    product_id: Option<Uuid>,
}

/// Asks for a verb: `create`, `suspend`, `unsuspend`, `terminate`, `change-package`, or `retry` of what failed last. It has begun
/// when this answers; the provision status tells how it ends.
#[utoipa::path(post, path = "/services/{id}/{verb}", params(("id" = Uuid, Path), ("verb" = String, Path)), request_body = Option<VerbBody>, responses((status = ACCEPTED, body = ServiceBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn run_verb(
    State(app): State<App>,
    admin: ApiAdmin,
    Path((id, verb)): Path<(Uuid, String)>,
    body: Option<axum::Json<Option<VerbBody>>>,
) -> Result<(StatusCode, axum::Json<ServiceBody>), ApiError> {
    let id = ServiceId(id);
    let product = body.and_then(|axum::Json(body)| body?.product_id);
    match verb.parse::<Verb>() {
        Ok(Verb::ChangePackage) => {
            let to =
                product.ok_or_else(|| ApiError::field("product_id", "Name the product to change to."))?;
            app.billing().change_package(id, ProductId(to), &admin.email).await?;
        }
        Ok(verb) => app.billing().run_verb(id, verb, &admin.email).await?,
        Err(_) if verb == "retry" => app.billing().retry(id, &admin.email).await?,
        Err(_) => return Err(ApiError::not_found("verb")),
    }
    Ok((StatusCode::ACCEPTED, axum::Json(app.billing().service(id).await?.service.into())))
}

/// What a button said.
#[derive(Serialize, ToSchema)]
pub(super) struct ActionBody {
    message: Option<String>,
}

/// Presses a button that the module declares.
#[utoipa::path(post, path = "/services/{id}/actions/{action}", params(("id" = Uuid, Path), ("action" = String, Path)), responses((status = OK, body = ActionBody), (status = 404, body = ErrorBody)))]
pub(super) async fn run_action(
    State(app): State<App>,
    _: ApiAdmin,
    Path((id, action)): Path<(Uuid, String)>,
) -> Result<axum::Json<ActionBody>, ApiError> {
    let context = app.billing().service(ServiceId(id)).await?;
    let active = app.registry().active_for(&context.service.module, context.service.id)?;
    if !active.manifest.actions.iter().any(|declared| declared.key.as_str() == action) {
        return Err(ApiError::not_found("action"));
    }
    let message = app.billing().run_action(context, &action, "en").await?;
    Ok(axum::Json(ActionBody { message }))
}

/// Something that a service uses, as its provider measures it.
#[derive(Serialize, ToSchema)]
pub(super) struct MetricBody {
    name: String,
    value: f64,
    /// Such as `GB`.
    unit: String,
    /// Milliseconds since the Unix epoch.
    at: u64,
}

/// What a service uses now; its module asks the provider.
#[utoipa::path(get, path = "/services/{id}/usage", params(("id" = Uuid, Path)), responses((status = OK, body = [MetricBody]), (status = 404, body = ErrorBody)))]
pub(super) async fn show_usage(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<Vec<MetricBody>>, ApiError> {
    let context = app.billing().service(ServiceId(id)).await?;
    let metrics = app.billing().usage(context).await?;
    let body = |one: Metric| MetricBody { name: one.name, value: one.value, unit: one.unit, at: one.at };
    Ok(axum::Json(metrics.into_iter().map(body).collect()))
}

/// Data of a client tab that the module declares, as its template gets it.
#[utoipa::path(get, path = "/services/{id}/tabs/{tab}", params(("id" = Uuid, Path), ("tab" = String, Path)), responses((status = OK, body = Object), (status = 404, body = ErrorBody)))]
pub(super) async fn show_tab(
    State(app): State<App>,
    _: ApiAdmin,
    Path((id, tab)): Path<(Uuid, String)>,
) -> Result<axum::Json<Value>, ApiError> {
    let context = app.billing().service(ServiceId(id)).await?;
    if app.registry().active_for(&context.service.module, context.service.id)?.manifest.tab(&tab).is_none() {
        return Err(ApiError::not_found("tab"));
    }
    let request = TabRequest { path: tab.clone(), locale: "en".to_owned(), ..TabRequest::default() };
    Ok(axum::Json(app.billing().tab_data(context, &tab, request).await?))
}

/// Sends a form to a client action that the module declares, on the client's behalf.
#[utoipa::path(post, path = "/services/{id}/client-actions/{action}", params(("id" = Uuid, Path), ("action" = String, Path)), request_body = Object, responses((status = OK, body = Object), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn tab_action(
    State(app): State<App>,
    _: ApiAdmin,
    Path((id, action)): Path<(Uuid, String)>,
    Json(form): Json<Map<String, Value>>,
) -> Result<axum::Json<Value>, ApiError> {
    let context = app.billing().service(ServiceId(id)).await?;
    let active = app.registry().active_for(&context.service.module, context.service.id)?;
    if !active.manifest.client.actions.iter().any(|declared| declared.key.as_str() == action) {
        return Err(ApiError::not_found("action"));
    }
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let form = form.into_iter().map(|(name, value)| (name, text(value))).collect();
    let request = TabRequest {
        post: true,
        path: action.clone(),
        form,
        locale: "en".to_owned(),
        ..TabRequest::default()
    };
    let (_, answered) = app.billing().tab_action(context, &action, request).await?;
    Ok(axum::Json(match answered {
        Answered::View { data, .. } | Answered::Json(data) => data,
        Answered::Text(text) => Value::String(text),
        Answered::Redirect(target) => serde_json::json!({ "redirect": target }),
        Answered::Blob { content_type, bytes } => {
            serde_json::json!({ "content_type": content_type, "bytes": bytes.len() })
        }
        Answered::Empty => Value::Null,
    }))
}

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use caisson_billing::NewClient;
use caisson_storage::clients::Client;
use caisson_storage::page::PageQuery;
use caisson_types::{ClientId, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use crate::auth::{ApiAdmin, hash_password};
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// A customer.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientBody {
    id: Uuid,
    email: String,
    name: String,
    /// In E.164.
    phone: Option<String>,
    locale: String,
    currency: String,
    /// Milliseconds since the Unix epoch.
    created_at: i64,
}

impl From<Client> for ClientBody {
    fn from(client: Client) -> Self {
        let Timestamp(created_at) = client.created_at;
        Self {
            id: client.id.0,
            email: client.email,
            name: client.name,
            phone: client.phone.map(String::from),
            locale: client.locale,
            currency: client.currency.to_string(),
            created_at,
        }
    }
}

/// A new customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClientBody {
    email: String,
    name: String,
    /// With the country's code, such as `+48 123 456 789`.
    #[serde(default)]
    phone: String,
    /// 12 to 200 characters; none means that the client cannot sign in yet.
    #[schema(value_type = Option<String>)]
    password: Option<Secret<String>>,
    /// `en`, `pl` or `uk`.
    #[serde(default = "en")]
    locale: String,
    /// ISO 4217.
    currency: String,
}

fn en() -> String {
    "en".to_owned()
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientList {
    items: Vec<ClientBody>,
    /// In the whole list.
    total: u64,
}

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// Part of an e-mail address or name.
    search: Option<String>,
    /// At most 200; default 50.
    limit: Option<u32>,
    #[serde(default)]
    offset: u64,
}

/// Lists customers, newest first.
#[utoipa::path(get, path = "/clients", params(Paging), responses((status = OK, body = ClientList)))]
pub(super) async fn list_clients(
    State(app): State<App>,
    _: ApiAdmin,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<ClientList>, ApiError> {
    let query = PageQuery {
        search: paging.search,
        offset: paging.offset,
        ..PageQuery::first(paging.limit.unwrap_or(50).min(200).into())
    };
    let page = app.billing().clients(&query).await?;
    Ok(axum::Json(ClientList {
        items: page.items.into_iter().map(ClientBody::from).collect(),
        total: page.total,
    }))
}

/// Makes a customer.
#[utoipa::path(post, path = "/clients", request_body = NewClientBody, responses((status = CREATED, body = ClientBody), (status = 422, body = ErrorBody)))]
pub(super) async fn create_client(
    State(app): State<App>,
    admin: ApiAdmin,
    Json(body): Json<NewClientBody>,
) -> Result<(StatusCode, axum::Json<ClientBody>), ApiError> {
    let password_hash = match body.password {
        None => None,
        Some(password) => Some(
            hash_password(password).await.map_err(|error| ApiError::field("password", error.to_string()))?,
        ),
    };
    let new = NewClient {
        email: body.email,
        name: body.name,
        phone: body.phone,
        password_hash,
        locale: body.locale,
        currency: body.currency,
    };
    let client = app.billing().create_client(new, &admin.email).await?;
    Ok((StatusCode::CREATED, axum::Json(client.into())))
}

/// Shows a customer.
#[utoipa::path(get, path = "/clients/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = ClientBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_client(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<ClientBody>, ApiError> {
    Ok(axum::Json(app.billing().client(ClientId(id)).await?.into()))
}

//! What a module is configured with.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::json::Json;
use super::modules::Key;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// A module's settings: values that are no secrets, and which secrets are set.
#[derive(Serialize, ToSchema)]
pub(super) struct SettingsBody {
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    secrets_set: Vec<String>,
}

/// Shows a module's settings.
#[utoipa::path(get, path = "/modules/{kind}/{name}/settings", params(Key), responses((status = OK, body = SettingsBody)))]
pub(super) async fn show_settings(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<axum::Json<SettingsBody>, ApiError> {
    let form = app.registry().settings_form(&key.parse()?).await?;
    Ok(axum::Json(SettingsBody { values: form.values, secrets_set: form.secrets_set }))
}

/// Saves a module's settings: field by field as the manifest names them. A secret that is not named keeps its value.
#[utoipa::path(put, path = "/modules/{kind}/{name}/settings", params(Key), request_body = Object, responses((status = NO_CONTENT), (status = 422, body = ErrorBody)))]
pub(super) async fn save_settings(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Json(values): Json<Map<String, Value>>,
) -> Result<StatusCode, ApiError> {
    app.registry().save_settings(&key.parse()?, values, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a module found when it tried its settings.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectionBody {
    message: String,
}

/// Tries settings out, saved or not.
#[utoipa::path(post, path = "/modules/{kind}/{name}/test-connection", params(Key), request_body = Object, responses((status = OK, body = ConnectionBody), (status = 422, body = ErrorBody)))]
pub(super) async fn test_connection(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Json(values): Json<Map<String, Value>>,
) -> Result<axum::Json<ConnectionBody>, ApiError> {
    let message = app.registry().test_connection(&key.parse()?, values).await?;
    Ok(axum::Json(ConnectionBody { message }))
}

use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use caisson_registry::{Asked, Listed};
use caisson_storage::page::PageQuery;
use caisson_storage::{calls, module_log};
use caisson_types::manifest::GrantId;
use caisson_types::{ModuleKey, ModuleType, ServiceId, Slug, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// A module's address: its type and its name.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Key {
    /// `product`, `payment`, `notification` or `plugin`.
    kind: String,
    name: String,
}

impl Key {
    fn parse(self) -> Result<ModuleKey, ApiError> {
        let missing = || ApiError::not_found("module");
        let kind: ModuleType = self.kind.parse().map_err(|_| missing())?;
        let name: Slug = self.name.parse().map_err(|_| missing())?;
        Ok(ModuleKey::new(kind, name))
    }
}

/// An installed module.
#[derive(Serialize, ToSchema)]
pub(super) struct ModuleBody {
    /// `<type>/<name>`.
    key: String,
    title: String,
    description: String,
    author: String,
    icon: String,
    /// `active` or `inactive`.
    status: &'static str,
    /// Why it was quarantined, if it was.
    quarantined: Option<String>,
    /// The version that serves, else the newest.
    version: String,
    /// A newer version that is installed and does not serve.
    update: Option<String>,
    versions: Vec<VersionBody>,
}

/// An installed version.
#[derive(Serialize, ToSchema)]
pub(super) struct VersionBody {
    id: Uuid,
    version: String,
    /// SHA-256 of the package.
    digest: String,
    approved: bool,
    serves: bool,
}

impl From<Listed> for ModuleBody {
    fn from(module: Listed) -> Self {
        let shown = module.shown();
        let about = &shown.manifest.module;
        Self {
            key: module.key.to_string(),
            title: about.title.clone(),
            description: about.description.clone(),
            author: about.author.clone(),
            icon: about.icon.clone(),
            status: module.status.as_str(),
            quarantined: module.quarantined.clone(),
            version: shown.version.to_string(),
            update: module.update().map(|version| version.version.to_string()),
            versions: module
                .versions
                .iter()
                .map(|version| VersionBody {
                    id: version.id.0,
                    version: version.version.to_string(),
                    digest: version.digest.clone(),
                    approved: version.approved_at.is_some(),
                    serves: Some(version.id) == module.active,
                })
                .collect(),
        }
    }
}

/// An installed module with what its newest version asks for.
#[derive(Serialize, ToSchema)]
pub(super) struct ModuleDetail {
    #[serde(flatten)]
    module: ModuleBody,
    requests: Vec<RequestBody>,
}

/// One thing a module asks for.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestBody {
    id: String,
    /// `high`, `medium` or `low`.
    risk: &'static str,
    /// In plain words.
    sentence: String,
    /// The author's reason.
    reason: Option<String>,
    granted: bool,
    /// The version that serves did not ask for it.
    new: bool,
}

impl From<Asked> for RequestBody {
    fn from(asked: Asked) -> Self {
        let request = asked.request;
        Self {
            id: request.id.0,
            risk: request.risk.as_str(),
            sentence: request.sentence,
            reason: request.reason,
            granted: asked.granted,
            new: asked.new,
        }
    }
}

/// What an install did.
#[derive(Serialize, ToSchema)]
pub(super) struct InstalledBody {
    key: String,
    version: String,
    digest: String,
    /// The same bytes were installed already.
    already: bool,
    /// An administrator must decide before it can be activated.
    waits_for_approval: bool,
}

/// Installs a package, sent as the multipart field `package`.
#[utoipa::path(post, path = "/modules", responses((status = CREATED, body = InstalledBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn install_module(
    State(app): State<App>,
    admin: ApiAdmin,
    mut form: Multipart,
) -> Result<(StatusCode, axum::Json<InstalledBody>), ApiError> {
    let broken =
        |error: axum::extract::multipart::MultipartError| ApiError::new(error.status(), error.body_text());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("package") {
            continue;
        }
        let bytes = field.bytes().await.map_err(broken)?;
        let installed = app.registry().install(bytes.to_vec(), &admin.email).await?;
        let status = if installed.already { StatusCode::OK } else { StatusCode::CREATED };
        let body = InstalledBody {
            key: installed.key.to_string(),
            version: installed.version.to_string(),
            digest: installed.digest,
            already: installed.already,
            waits_for_approval: installed.waits_for_approval,
        };
        return Ok((status, axum::Json(body)));
    }
    Err(ApiError::field("package", "Send the package as the multipart field 'package'."))
}

/// Lists installed modules.
#[utoipa::path(get, path = "/modules", responses((status = OK, body = [ModuleBody])))]
pub(super) async fn list_modules(
    State(app): State<App>,
    _: ApiAdmin,
) -> Result<axum::Json<Vec<ModuleBody>>, ApiError> {
    Ok(axum::Json(app.registry().list().await?.into_iter().map(ModuleBody::from).collect()))
}

/// Shows a module, and what its newest version asks for.
#[utoipa::path(get, path = "/modules/{kind}/{name}", params(Key), responses((status = OK, body = ModuleDetail), (status = 404, body = ErrorBody)))]
pub(super) async fn show_module(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<axum::Json<ModuleDetail>, ApiError> {
    let module = app.registry().show(&key.parse()?).await?;
    let asked = app.registry().asked(module.versions[0].id).await?;
    Ok(axum::Json(ModuleDetail {
        requests: asked.into_iter().map(RequestBody::from).collect(),
        module: module.into(),
    }))
}

/// Removes an inactive module that no service depends on.
#[utoipa::path(delete, path = "/modules/{kind}/{name}", params(Key), responses((status = NO_CONTENT), (status = 409, body = ErrorBody)))]
pub(super) async fn delete_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<StatusCode, ApiError> {
    app.registry().delete(&key.parse()?, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a module may do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantsBody {
    /// Ids of the granted requests; what is not named is not granted.
    grants: Vec<String>,
    /// Default: the newest.
    version: Option<String>,
}

/// Grants exactly what is named, of what a version asks for.
#[utoipa::path(put, path = "/modules/{kind}/{name}/grants", params(Key), request_body = GrantsBody, responses((status = NO_CONTENT), (status = 422, body = ErrorBody)))]
pub(super) async fn grant_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Json(body): Json<GrantsBody>,
) -> Result<StatusCode, ApiError> {
    let version = app.registry().find_version(&key.parse()?, body.version.as_deref()).await?;
    let grants: Vec<GrantId> = body.grants.into_iter().map(GrantId).collect();
    app.registry().approve(version, &grants, Some(admin.id), &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichVersion {
    /// Default: the newest.
    version: Option<String>,
}

/// Lets a version serve.
#[utoipa::path(post, path = "/modules/{kind}/{name}/activate", params(Key, WhichVersion), responses((status = NO_CONTENT), (status = 409, body = ErrorBody)))]
pub(super) async fn activate_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
    Query(which): Query<WhichVersion>,
) -> Result<StatusCode, ApiError> {
    let version = app.registry().find_version(&key.parse()?, which.version.as_deref()).await?;
    app.registry().activate(version, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops a module from serving; its data stays.
#[utoipa::path(post, path = "/modules/{kind}/{name}/deactivate", params(Key), responses((status = NO_CONTENT), (status = 409, body = ErrorBody)))]
pub(super) async fn deactivate_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<StatusCode, ApiError> {
    app.registry().deactivate(&key.parse()?, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

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

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    level: Option<String>,
    service: Option<Uuid>,
    task: Option<Uuid>,
    /// Part of the action's name.
    action: Option<String>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// One entry of a module's log, redacted.
#[derive(Serialize, ToSchema)]
pub(super) struct LogBody {
    at: i64,
    level: String,
    action: String,
    request: String,
    response: String,
    call: Option<Uuid>,
    task: Option<Uuid>,
    service: Option<Uuid>,
}

/// Lists a module's log, newest first.
#[utoipa::path(get, path = "/modules/{kind}/{name}/log", params(Key, LogQuery), responses((status = OK, body = [LogBody])))]
pub(super) async fn list_log(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<LogQuery>,
) -> Result<axum::Json<Vec<LogBody>>, ApiError> {
    let filter = module_log::LogFilter {
        module: Some(key.parse()?),
        level: query.level,
        service: query.service.map(ServiceId),
        task: query.task.map(TaskId),
        action: query.action,
        ..module_log::LogFilter::default()
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
    let mut conn = app.db().conn().await?;
    let page = module_log::page(&mut conn, &filter, &paging).await?;
    let body = page.items.into_iter().map(|entry| LogBody {
        at: entry.at.0,
        level: entry.level,
        action: entry.action,
        request: entry.request,
        response: entry.response,
        call: entry.call_id.map(|id| id.0),
        task: entry.task_id.map(|id| id.0),
        service: entry.service_id.map(|id| id.0),
    });
    Ok(axum::Json(body.collect()))
}

/// Which calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// `ok`, `problem`, `trapped`, `exhausted` …
    outcome: Option<String>,
    service: Option<Uuid>,
    task: Option<Uuid>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// One call of a module, with what it did.
#[derive(Serialize, ToSchema)]
pub(super) struct CallBody {
    id: Uuid,
    export: String,
    at: i64,
    outcome: String,
    message: Option<String>,
    wall_us: u64,
    cpu_us: u64,
    memory_bytes: u64,
    #[schema(value_type = Object)]
    host_calls: Value,
    task: Option<Uuid>,
    service: Option<Uuid>,
}

/// Lists a module's calls, newest first: all that failed, and a sample of those that did not.
#[utoipa::path(get, path = "/modules/{kind}/{name}/calls", params(Key, CallQuery), responses((status = OK, body = [CallBody])))]
pub(super) async fn list_calls(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(query): Query<CallQuery>,
) -> Result<axum::Json<Vec<CallBody>>, ApiError> {
    let filter = calls::CallFilter {
        module: Some(key.parse()?),
        outcome: query.outcome,
        service: query.service.map(ServiceId),
        task: query.task.map(TaskId),
        ..calls::CallFilter::default()
    };
    let paging = PageQuery { offset: query.offset, ..PageQuery::first(query.limit.unwrap_or(50).min(200)) };
    let mut conn = app.db().conn().await?;
    let page = calls::page(&mut conn, &filter, &paging).await?;
    let body = page.items.into_iter().map(|call| CallBody {
        id: call.id.0,
        export: call.export,
        at: call.at.0,
        outcome: call.outcome,
        message: call.message,
        wall_us: call.wall_us,
        cpu_us: call.cpu_us,
        memory_bytes: call.memory_bytes,
        host_calls: call.host_calls,
        task: call.task_id.map(|id| id.0),
        service: call.service_id.map(|id| id.0),
    });
    Ok(axum::Json(body.collect()))
}

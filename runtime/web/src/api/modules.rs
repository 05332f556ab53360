use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use caisson_registry::{Asked, Listed};
use caisson_types::manifest::GrantId;
use caisson_types::{ModuleKey, ModuleType, Slug};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::upload::{Arriving, broken};
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
    pub(super) fn new(kind: String, name: String) -> Self {
        Self { kind, name }
    }

    pub(super) fn parse(self) -> Result<ModuleKey, ApiError> {
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
    /// The publisher who signed it.
    signed_by: Option<String>,
    /// The number of the key that it was signed with.
    key_id: Option<String>,
    /// The publisher was revoked since.
    revoked: bool,
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
                    signed_by: version.signed.as_ref().map(|signed| signed.name.clone()),
                    key_id: version.signed.as_ref().map(|signed| signed.key_id.clone()),
                    revoked: version.signed.as_ref().is_some_and(|signed| signed.revoked_at.is_some()),
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
    /// The trusted publisher who signed it.
    signed_by: Option<String>,
    warning: Option<String>,
}

/// The fields of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a multipart body, which is read field by field")]
pub(super) struct UploadForm {
    /// The `.caisson` file; or an address.
    #[schema(value_type = Option<String>, format = Binary)]
    package: Option<Vec<u8>>,
    /// Where to fetch it: `https://…/module.caisson` or `oci://registry/repository:tag`.
    address: Option<String>,
    /// The package's digest, `sha256:…`; an `https` address needs one.
    digest: Option<String>,
    /// The `.minisig` file that belongs to it.
    signature: Option<String>,
    /// `true`: it may come from another publisher than the module did before, or from nobody.
    new_publisher: Option<bool>,
    /// `true`: it may be older than what already served.
    allow_older: Option<bool>,
}

/// Installs a package, sent as the multipart field `package`, or fetched from `address`, with its signature.
#[utoipa::path(post, path = "/modules", request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = CREATED, body = InstalledBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn install_module(
    State(app): State<App>,
    admin: ApiAdmin,
    mut form: Multipart,
) -> Result<(StatusCode, axum::Json<InstalledBody>), ApiError> {
    let mut arriving = Arriving::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        arriving.take(field).await?;
    }
    let installed = app.registry().install(arriving.finish(&app).await?, &admin.email).await?;
    let status = if installed.already { StatusCode::OK } else { StatusCode::CREATED };
    let warning = installed.unsigned.then(|| {
        format!("{} {} is not signed; nothing proves who made it.", installed.key, installed.version)
    });
    let body = InstalledBody {
        key: installed.key.to_string(),
        version: installed.version.to_string(),
        digest: installed.digest,
        already: installed.already,
        waits_for_approval: installed.waits_for_approval,
        signed_by: installed.publisher,
        warning,
    };
    Ok((status, axum::Json(body)))
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

/// Removes an inactive module that no service depends on; its tables stay.
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

/// What a version is made of, as its author says: a CycloneDX document.
#[utoipa::path(get, path = "/modules/{kind}/{name}/sbom", params(Key, WhichVersion), responses((status = OK, content_type = "application/vnd.cyclonedx+json", body = String), (status = 404, body = ErrorBody)))]
pub(super) async fn show_sbom(
    State(app): State<App>,
    _: ApiAdmin,
    Path(key): Path<Key>,
    Query(which): Query<WhichVersion>,
) -> Result<impl IntoResponse, ApiError> {
    let version = app.registry().find_version(&key.parse()?, which.version.as_deref()).await?;
    let sbom = app.registry().sbom(version).await?.ok_or_else(|| ApiError::not_found("list of parts"))?;
    Ok(([(CONTENT_TYPE, "application/vnd.cyclonedx+json")], sbom.text().to_owned()))
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichVersion {
    /// Default: the newest.
    pub(super) version: Option<String>,
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

/// Lets a module serve again that was held back after repeated failures.
#[utoipa::path(post, path = "/modules/{kind}/{name}/release", params(Key), responses((status = NO_CONTENT), (status = 404, body = ErrorBody)))]
pub(super) async fn release_module(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(key): Path<Key>,
) -> Result<StatusCode, ApiError> {
    app.registry().release(&key.parse()?, &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

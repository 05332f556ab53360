use axum::extract::{Path, State};
use axum::http::StatusCode;
use caisson_registry::NewPublisher;
use caisson_storage::publishers::Publisher;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// Somebody whose signatures on packages the panel trusts, or trusted.
#[derive(Serialize, ToSchema)]
pub(super) struct PublisherBody {
    id: Uuid,
    name: String,
    /// The line of a minisign `.pub` file.
    public_key: String,
    key_id: String,
    /// `*`, or keys such as `product/powerdns`.
    modules: Vec<String>,
    added_by: String,
    /// Milliseconds since 1970.
    added_at: i64,
    revoked_by: Option<String>,
    revoked_at: Option<i64>,
}

impl From<Publisher> for PublisherBody {
    fn from(publisher: Publisher) -> Self {
        Self {
            id: publisher.id.0,
            modules: publisher.modules.words(),
            name: publisher.name,
            public_key: publisher.public_key,
            key_id: publisher.key_id,
            added_by: publisher.added_by,
            added_at: publisher.added_at.0,
            revoked_by: publisher.revoked_by,
            revoked_at: publisher.revoked_at.map(|at| at.0),
        }
    }
}

/// Lists publishers, those that are trusted first.
#[utoipa::path(get, path = "/publishers", responses((status = OK, body = [PublisherBody])))]
pub(super) async fn list_publishers(
    State(app): State<App>,
    _: ApiAdmin,
) -> Result<axum::Json<Vec<PublisherBody>>, ApiError> {
    Ok(axum::Json(app.registry().publishers().await?.into_iter().map(PublisherBody::from).collect()))
}

/// A publisher to be trusted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPublisherBody {
    name: String,
    /// A minisign `.pub` file, or its second line.
    key: String,
    /// Default: `*`.
    #[serde(default)]
    modules: Vec<String>,
}

/// Trusts a publisher; a key that is trusted already gets the name and the modules given.
#[utoipa::path(post, path = "/publishers", request_body = NewPublisherBody, responses((status = CREATED, body = PublisherBody), (status = 422, body = ErrorBody)))]
pub(super) async fn add_publisher(
    State(app): State<App>,
    admin: ApiAdmin,
    Json(body): Json<NewPublisherBody>,
) -> Result<(StatusCode, axum::Json<PublisherBody>), ApiError> {
    let new = NewPublisher { name: body.name, key: body.key, modules: body.modules };
    let publisher = app.registry().add_publisher(new, &admin.email).await?;
    Ok((StatusCode::CREATED, axum::Json(publisher.into())))
}

/// Trusts a publisher no more; modules that it signed serve on.
#[utoipa::path(post, path = "/publishers/{id}/revoke", params(("id" = Uuid, Path)), responses((status = NO_CONTENT), (status = 404, body = ErrorBody)))]
pub(super) async fn revoke_publisher(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.registry().revoke_publisher(&id.to_string(), &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

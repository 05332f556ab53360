//! Files of the panel and of modules: their names change with their bytes, so they are cached for good.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use caisson_types::VersionId;
use uuid::Uuid;

use super::error::PageError;
use crate::{ApiError, App};

const FOR_GOOD: &str = "public, max-age=31536000, immutable";

pub(super) fn router() -> Router<App> {
    Router::new().route("/assets/{name}", get(panel)).route("/assets/modules/{version}/{*path}", get(module))
}

async fn panel(State(app): State<App>, Path(name): Path<String>) -> Result<Response, ApiError> {
    let file = app.views().assets().file(&name).ok_or_else(|| ApiError::not_found("file"))?;
    Ok(([(CONTENT_TYPE, file.content_type), (CACHE_CONTROL, FOR_GOOD)], file.bytes.into_owned())
        .into_response())
}

/// Only what a page can use as an image, a style or a font; alone in a tab it can do nothing.
async fn module(
    State(app): State<App>,
    Path((version, path)): Path<(Uuid, String)>,
) -> Result<Response, PageError> {
    let active = app.registry().version(VersionId(version)).await?;
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("svg") => "image/svg+xml",
        Some("css") => "text/css; charset=utf-8",
        Some("woff2") => "font/woff2",
        _ => return Err(ApiError::not_found("file").into()),
    };
    let bytes = active.pages.assets.get(&path).cloned().ok_or_else(|| ApiError::not_found("file"))?;
    let policy = (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_GOOD), policy], bytes).into_response())
}

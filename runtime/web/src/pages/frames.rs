//! Frames for modules' own scripts: a document on an opaque origin, that may run the one script and reach nothing.
//!
//! The policy says `sandbox` itself, so that the document is as powerless in a tab of its own as in the panel's frame.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use caisson_types::VersionId;
use uuid::Uuid;

use super::error::PageError;
use crate::{ApiError, App};

const POLICY: &str = "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// A script or a style alone in a tab is text.
const ALONE: &str = "default-src 'none'; sandbox";
/// Not for good: the approval may be taken back.
const FOR_A_WHILE: &str = "private, max-age=60";

pub(super) fn router() -> Router<App> {
    Router::new().route("/frames/{version}/{name}", get(show))
}

async fn show(
    State(app): State<App>,
    Path((version, name)): Path<(Uuid, String)>,
) -> Result<Response, PageError> {
    let missing = || ApiError::not_found("frame");
    let active = app.registry().version(VersionId(version)).await?;
    let frames = active.frames().ok_or_else(missing)?;
    let kind = match name.rsplit_once('.') {
        None => {
            let has = |ending: &str| frames.contains_key(&format!("{name}.{ending}"));
            if !has("js") {
                return Err(missing().into());
            }
            return Ok(document(version, &name, has("css")));
        }
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some(_) => return Err(missing().into()),
    };
    let text = frames.get(&name).cloned().ok_or_else(missing)?;
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_A_WHILE), (CONTENT_SECURITY_POLICY, ALONE)];
    Ok((headers, text).into_response())
}

/// `name` has letters, digits, `-` and `_`: a file of the package is called so.
fn document(version: Uuid, name: &str, styled: bool) -> Response {
    let style = match styled {
        true => format!("<link rel=\"stylesheet\" href=\"/frames/{version}/{name}.css\">"),
        false => String::new(),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>{style}</head>\
         <body><div id=\"root\"></div><script src=\"/frames/{version}/{name}.js\"></script></body></html>"
    );
    ([(CACHE_CONTROL, FOR_A_WHILE), (CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response()
}

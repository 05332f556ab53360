//! What modules answer besides pages, as HTTP: the same below a page and in the API.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caisson_billing::Answered;

/// An answer that is data; one that is a page or the way to one comes back.
pub(crate) fn data(status: StatusCode, answered: Answered) -> Result<Response, Answered> {
    Ok(match answered {
        Answered::Json(json) => (status, axum::Json(json)).into_response(),
        Answered::Text(text) => (status, text).into_response(),
        Answered::Blob { content_type, bytes } => {
            let kind = HeaderValue::from_str(&content_type)
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let headers = [
                (CONTENT_TYPE, kind),
                // Saved, never shown: a file of a module has no say on the panel's pages.
                (CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
                (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
            ];
            (status, headers, bytes).into_response()
        }
        Answered::Empty => status.into_response(),
        page @ (Answered::View { .. } | Answered::Redirect(_)) => return Err(page),
    })
}

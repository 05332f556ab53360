//! Every request has an id: in its answer's header, in the panel's own log, and on the traces of the calls it led to.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use caisson_capabilities::request;
use tracing::Instrument as _;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Around everything. The id is always the panel's own: one that came with the request could be anybody's.
pub(crate) async fn numbered(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = request::within(id, next.run(request).instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

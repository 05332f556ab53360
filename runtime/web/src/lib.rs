//! The panel over HTTP. Handlers extract, call one method of billing or of the registry, and shape the reply; no SQL, no
//! business rule, no wasmtime here.

mod answered;
pub mod api;
mod app;
pub mod auth;
mod error;
mod export;
mod health;
mod pages;
mod request;
mod trials;
mod upload;
pub mod view;
mod webhooks;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub use app::{App, Metrics, Parts};
pub use error::{ApiError, ErrorBody};
pub use trials::Trials;

/// Everything the panel answers. What is not here is 404.
pub fn router(app: App) -> Router {
    let (api, document) = api::router();
    let document = serde_json::to_string(&document).unwrap_or_default();
    let json = [(header::CONTENT_TYPE, "application/json")];
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    Router::new()
        .merge(api)
        .merge(health::router())
        .merge(webhooks::router())
        .merge(pages::router(&app))
        .route("/api/openapi.json", get(move || async move { (json, document).into_response() }))
        .with_state(app)
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn(request::numbered))
}

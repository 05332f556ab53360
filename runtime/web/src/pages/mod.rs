//! The panel in a browser. A handler extracts, calls one method of billing or of the registry, and fills a template's context;
//! the contexts are described at the top of each template in `views/`.

mod account;
mod admin;
mod client;
mod error;
mod files;
mod forms;
mod frames;
mod guard;
mod lists;
mod module_view;
mod preferences;
mod rows;
mod shell;
mod sign_in;
mod ui;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::{ApiError, App};
use error::PageError;
use ui::Ui;

/// Every page, with what stands around them.
pub(crate) fn router(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(async |ui: Ui| ui.go(ui.shell.home())))
        .merge(sign_in::router())
        .merge(preferences::router())
        .merge(admin::router())
        .merge(client::router())
        .fallback(missing)
        .layer(from_fn_with_state(app.clone(), shell::around))
        .merge(files::router())
        .merge(frames::router())
}

/// Programs get the API's answer, people a page.
async fn missing(request: Request) -> Response {
    let error = ApiError::not_found("page");
    if request.uri().path().starts_with("/api/") {
        error.into_response()
    } else {
        PageError::from(error).into_response()
    }
}

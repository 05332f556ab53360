//! Failures as pages.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use caisson_capabilities::request;
use minijinja::context;

use super::shell::Shell;
use super::ui::Ui;
use crate::{ApiError, App};

/// Why a page could not be shown. [`super::shell::around`] renders it, since only there everything is known that a page needs.
#[derive(Debug)]
pub(super) struct PageError(pub(super) ApiError);

impl<E: Into<ApiError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Travels with the response to be rendered.
#[derive(Clone)]
pub(super) struct Failed(Arc<ApiError>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(Failed(Arc::new(self.0)));
        response
    }
}

pub(super) async fn page(app: &App, shell: &Shell, failed: &Failed) -> Response {
    let error = &failed.0;
    let ui = Ui { app: app.clone(), shell: shell.clone() };
    let context = context! {
        status => error.status.as_u16(),
        message => error.message.as_str(),
        home => shell.home(),
        // What went wrong is in the panel's log, under this.
        request_id => request::current().filter(|_| error.status.is_server_error()).map(|id| id.to_string()),
    };
    match ui.page_with(error.status, "error.html", context).await {
        Ok(response) => response,
        // The template itself failed, or the database: words alone, then.
        Err(_) => {
            (error.status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], error.message.clone())
                .into_response()
        }
    }
}

/// What a form shows beside its fields; any other failure is a page of its own.
pub(super) fn field_errors(error: impl Into<PageError>) -> Result<Vec<caisson_types::FieldError>, PageError> {
    let PageError(error) = error.into();
    use StatusCode as S;
    match error.status {
        S::UNPROCESSABLE_ENTITY if !error.errors.is_empty() => Ok(error.errors),
        // About the whole form: a conflict, a module's refusal or failure.
        S::UNPROCESSABLE_ENTITY | S::CONFLICT | S::BAD_GATEWAY | S::SERVICE_UNAVAILABLE => {
            Ok(vec![caisson_types::FieldError::new("", error.message)])
        }
        _ => Err(PageError(error)),
    }
}

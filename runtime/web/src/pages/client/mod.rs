//! The client area. Every handler takes a `ClientUi`, and finds services only through their owner.

mod account;
mod invoices;
mod services;
mod tabs;

use axum::Router;
use axum::routing::{get, post};

use super::ui::ClientUi;
use crate::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/client", get(async |ui: ClientUi| ui.go("/client/services")))
        .route("/client/services", get(services::list))
        .route("/client/services/{id}", get(services::show))
        .route("/client/services/{id}/-/progress", get(services::progress))
        .route("/client/services/{id}/-/actions/{key}", post(services::action))
        .route("/client/services/{id}/-/sso", post(services::single_sign_on))
        .route("/client/services/{id}/-/requests/{key}", get(tabs::get).post(tabs::post))
        .route("/client/services/{id}/{tab}", get(tabs::show))
        .route("/client/invoices", get(invoices::list))
        .route("/client/invoices/{id}", get(invoices::show))
        .route("/client/invoices/{id}/pay/{gateway}", get(invoices::back_to_invoice).post(invoices::pay))
        .route("/client/gateways/{gateway}/return/{invoice}", get(invoices::returned))
        .route("/client/gateways/{gateway}/cancel/{invoice}", get(invoices::cancelled))
        .route("/client/account", get(account::show).post(account::save))
        .route("/client/account/password", post(account::password))
}

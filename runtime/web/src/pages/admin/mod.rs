//! The administration area. Every handler takes an `AdminUi`.

mod account;
mod calls;
mod clients;
mod dashboard;
mod log;
mod module_install;
mod module_pages;
mod module_trials;
mod module_upgrades;
mod module_usage;
mod module_versions;
mod modules;
mod products;
mod publishers;
mod search;
mod services;
mod tasks;
mod tokens;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::App;
use crate::upload::UPLOAD_MAX;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin", get(dashboard::show))
        .route("/admin/search", get(search::show))
        .route("/admin/clients", get(clients::list).post(clients::create))
        .route("/admin/clients/new", get(clients::new))
        .route("/admin/clients/{id}", get(clients::show).post(clients::update))
        .route("/admin/clients/{id}/edit", get(clients::edit))
        .route("/admin/clients/{id}/delete", post(clients::delete))
        .route("/admin/products", get(products::list).post(products::create))
        .route("/admin/products/new", get(products::new))
        .route("/admin/products/{id}", get(products::show).post(products::update))
        .route("/admin/products/{id}/delete", post(products::delete))
        .route("/admin/services", get(services::list).post(services::create))
        .route("/admin/services/new", get(services::new))
        .route("/admin/services/{id}", get(services::show))
        .route("/admin/services/{id}/state", get(services::state))
        .route("/admin/services/{id}/{verb}", post(services::verb))
        .route("/admin/services/{id}/actions/{key}", post(services::action))
        .route("/admin/modules", get(modules::list).post(module_install::install))
        .layer(DefaultBodyLimit::max(UPLOAD_MAX))
        .route("/admin/modules/{kind}/{name}", get(modules::show))
        .route("/admin/modules/{kind}/{name}/-/approve", get(modules::approval).post(modules::approve))
        .route("/admin/modules/{kind}/{name}/-/narrow", post(module_usage::narrow))
        .route("/admin/modules/{kind}/{name}/-/settings", post(modules::settings))
        .route("/admin/modules/{kind}/{name}/-/difference", get(module_upgrades::difference))
        .route("/admin/modules/{kind}/{name}/-/trial", get(module_trials::state).post(module_trials::begin))
        .route("/admin/modules/{kind}/{name}/-/canary", post(module_upgrades::begin_canary))
        .route("/admin/modules/{kind}/{name}/-/leave", get(module_upgrades::leaving))
        .route("/admin/modules/{kind}/{name}/-/export", get(module_upgrades::download))
        .route("/admin/modules/{kind}/{name}/-/erase", post(module_upgrades::erase))
        .route("/admin/modules/{kind}/{name}/-/{verb}", post(modules::verb))
        .route("/admin/modules/{kind}/{name}/{*path}", get(module_pages::get).post(module_pages::post))
        .route("/admin/calls/{id}", get(calls::show))
        .route("/admin/calls/{id}/bundle", get(calls::bundle))
        .route("/admin/tasks", get(tasks::list))
        .route("/admin/tasks/retry-failed", post(tasks::retry_failed))
        .route("/admin/tasks/{id}", get(tasks::show))
        .route("/admin/tasks/{id}/state", get(tasks::state))
        .route("/admin/tasks/{id}/retry", post(tasks::retry))
        .route("/admin/tasks/{id}/cancel", post(tasks::cancel))
        .route("/admin/log", get(log::show))
        .route("/admin/publishers", get(publishers::list).post(publishers::add))
        .route("/admin/publishers/{id}/revoke", post(publishers::revoke))
        .route("/admin/tokens", get(tokens::list).post(tokens::create))
        .route("/admin/tokens/{id}/revoke", post(tokens::revoke))
        .route("/admin/account", get(account::show).post(account::save))
        .route("/admin/account/password", post(account::password))
}

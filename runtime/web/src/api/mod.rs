//! The panel as JSON, under `/api/v1`. Every handler takes an [`ApiAdmin`](crate::auth::ApiAdmin): a route without a token's
//! owner does not compile into a useful handler, and a test walks the OpenAPI document to see that none answers without one.

mod clients;
mod gateways;
pub(crate) mod inspector;
mod invoices;
mod json;
mod module_records;
mod module_routes;
mod module_settings;
mod module_trials;
mod module_upgrades;
mod modules;
mod notifications;
mod products;
mod publishers;
mod services;
mod tasks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::upload::UPLOAD_MAX;

/// Largest body of any other request.
const BODY_MAX: usize = 1024 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(title = "Caisson", description = "The panel's API. Authenticate with a bearer token made by an administrator."),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// Routes and the document that describes them, made from the same handlers.
pub fn router() -> (Router<App>, utoipa::openapi::OpenApi) {
    let uploads = OpenApiRouter::new()
        .routes(routes!(modules::install_module))
        .layer(DefaultBodyLimit::max(UPLOAD_MAX));
    let others = OpenApiRouter::new()
        .routes(routes!(modules::list_modules))
        .routes(routes!(modules::show_module, modules::delete_module))
        .routes(routes!(modules::grant_module, inspector::report_grants))
        .routes(routes!(inspector::narrow_grants))
        .routes(routes!(modules::show_sbom))
        .routes(routes!(modules::activate_module))
        .routes(routes!(modules::deactivate_module))
        .routes(routes!(module_upgrades::show_difference))
        .routes(routes!(module_trials::begin_trial, module_trials::show_trial))
        .routes(routes!(module_upgrades::begin_canary, module_upgrades::show_canary))
        .routes(routes!(module_upgrades::promote_module))
        .routes(routes!(module_upgrades::roll_back_module))
        .routes(routes!(module_upgrades::export_module))
        .routes(routes!(module_upgrades::erase_module))
        .routes(routes!(module_upgrades::delete_version))
        .routes(routes!(modules::release_module))
        .routes(routes!(module_settings::show_settings, module_settings::save_settings))
        .routes(routes!(module_settings::test_connection))
        .routes(routes!(module_records::list_log))
        .routes(routes!(inspector::list_module_calls))
        .routes(routes!(inspector::show_usage))
        .routes(routes!(inspector::list_calls))
        .routes(routes!(inspector::show_call))
        .routes(routes!(inspector::bundle_call))
        .routes(routes!(publishers::list_publishers, publishers::add_publisher))
        .routes(routes!(publishers::revoke_publisher))
        .routes(routes!(products::list_products, products::create_product))
        .routes(routes!(products::show_product, products::update_product))
        .routes(routes!(clients::list_clients, clients::create_client))
        .routes(routes!(clients::show_client))
        .routes(routes!(services::list_services, services::create_service))
        .routes(routes!(services::show_service))
        .routes(routes!(services::run_verb))
        .routes(routes!(services::run_action))
        .routes(routes!(services::show_usage))
        .routes(routes!(services::show_tab))
        .routes(routes!(services::tab_action))
        .routes(routes!(invoices::list_invoices, invoices::create_invoice))
        .routes(routes!(invoices::show_invoice))
        .routes(routes!(invoices::cancel_invoice))
        .routes(routes!(gateways::refund_payment))
        .routes(routes!(gateways::reconcile_invoice))
        .routes(routes!(notifications::list_notifications))
        .routes(routes!(tasks::list_tasks))
        .routes(routes!(tasks::show_task))
        .routes(routes!(tasks::retry_task))
        .routes(routes!(tasks::cancel_task))
        .layer(DefaultBodyLimit::max(BODY_MAX));
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", uploads.merge(others))
        .split_for_parts();
    // Not in the document: what stands below is each module's own to say.
    let modules = any(module_routes::serve).layer(DefaultBodyLimit::max(BODY_MAX));
    (router.route("/api/v1/modules/{kind}/{name}/{*path}", modules), document)
}

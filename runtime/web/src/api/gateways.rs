use axum::extract::{Path, State};
use axum::http::StatusCode;
use caisson_types::{InvoiceId, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// What is paid back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundBody {
    /// The gateway's id of the payment.
    transaction: String,
    /// A part of the payment or all of it, in the currency's smallest unit.
    amount_minor: i64,
}

/// What the gateway was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct RefundAsked {
    /// The gateway's id of the refund, which is among the invoice's transactions once the gateway says that it is done.
    refund: String,
}

/// Which gateway.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReconcileBody {
    /// The name of a payment module.
    gateway: String,
}

/// Has a payment paid back by its gateway.
#[utoipa::path(post, path = "/invoices/{id}/refunds", params(("id" = Uuid, Path)), request_body = RefundBody, responses((status = CREATED, body = RefundAsked), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn refund_payment(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
    Json(body): Json<RefundBody>,
) -> Result<(StatusCode, axum::Json<RefundAsked>), ApiError> {
    let (billing, minor) = (app.billing(), body.amount_minor);
    let asked = billing.refund(InvoiceId(id), &body.transaction, minor, &admin.email);
    Ok((StatusCode::CREATED, axum::Json(RefundAsked { refund: asked.await? })))
}

/// Asks a gateway how an invoice stands, where a callback of it may be missing.
#[utoipa::path(post, path = "/invoices/{id}/reconcile", params(("id" = Uuid, Path)), request_body = ReconcileBody, responses((status = NO_CONTENT), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn reconcile_invoice(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
    Json(body): Json<ReconcileBody>,
) -> Result<StatusCode, ApiError> {
    let name: Slug = body.gateway.parse().map_err(|_| ApiError::not_found("gateway"))?;
    app.billing().reconcile_invoice(InvoiceId(id), name).await?;
    Ok(StatusCode::NO_CONTENT)
}

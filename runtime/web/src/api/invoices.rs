use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use caisson_billing::{InvoiceWithTransactions, NewInvoice};
use caisson_storage::invoices::Invoice;
use caisson_storage::page::PageQuery;
use caisson_storage::payments::Transaction;
use caisson_types::{ClientId, InvoiceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// What a client owes. Amounts are in the currency's smallest unit.
#[derive(Serialize, ToSchema)]
pub(super) struct InvoiceBody {
    id: Uuid,
    number: String,
    client_id: Uuid,
    /// `draft`, `unpaid`, `processing`, `paid`, `cancelled` or `refunded`.
    status: &'static str,
    /// ISO 4217.
    currency: String,
    total_minor: i64,
    paid_minor: i64,
    refunded_minor: i64,
    /// What a payment may come to.
    due_minor: i64,
    description: String,
    created_at: i64,
    updated_at: i64,
}

impl From<Invoice> for InvoiceBody {
    fn from(invoice: Invoice) -> Self {
        Self {
            id: invoice.id.0,
            client_id: invoice.client_id.0,
            status: invoice.status.as_str(),
            currency: invoice.currency.to_string(),
            total_minor: invoice.total_minor,
            paid_minor: invoice.paid_minor,
            refunded_minor: invoice.refunded_minor,
            due_minor: invoice.due().minor,
            created_at: invoice.created_at.0,
            updated_at: invoice.updated_at.0,
            number: invoice.number,
            description: invoice.description,
        }
    }
}

/// What a gateway said of money.
#[derive(Serialize, ToSchema)]
pub(super) struct TransactionBody {
    id: Uuid,
    /// The payment module.
    module: String,
    /// `payment`, `refund` or `failure`.
    kind: &'static str,
    /// The gateway's own id.
    reference: String,
    /// Of a refund: the payment that it pays back.
    payment_id: Option<Uuid>,
    amount_minor: i64,
    /// Of a payment: what was paid back of it.
    refunded_minor: i64,
    fee_minor: Option<i64>,
    currency: String,
    #[schema(value_type = Object)]
    details: Value,
    created_at: i64,
}

impl From<Transaction> for TransactionBody {
    fn from(one: Transaction) -> Self {
        Self {
            id: one.id,
            module: one.module.to_string(),
            kind: one.kind.as_str(),
            reference: one.reference,
            payment_id: one.payment_id,
            amount_minor: one.amount_minor,
            refunded_minor: one.refunded_minor,
            fee_minor: one.fee_minor,
            currency: one.currency.to_string(),
            details: one.details,
            created_at: one.created_at.0,
        }
    }
}

/// An invoice, and what came of it, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownInvoice {
    #[serde(flatten)]
    invoice: InvoiceBody,
    transactions: Vec<TransactionBody>,
}

/// A new invoice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvoiceBody {
    client_id: Uuid,
    /// ISO 4217.
    currency: String,
    total_minor: i64,
    description: String,
    /// Whether it is kept from everybody but staff for now.
    #[serde(default)]
    draft: bool,
}

/// A page of invoices.
#[derive(Serialize, ToSchema)]
pub(super) struct InvoiceList {
    items: Vec<InvoiceBody>,
    total: u64,
}

/// Which invoices.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct InvoiceQuery {
    client: Option<Uuid>,
    /// Part of a number or a description.
    search: Option<String>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Lists invoices, newest first.
#[utoipa::path(get, path = "/invoices", params(InvoiceQuery), responses((status = OK, body = InvoiceList)))]
pub(super) async fn list_invoices(
    State(app): State<App>,
    _: ApiAdmin,
    Query(query): Query<InvoiceQuery>,
) -> Result<axum::Json<InvoiceList>, ApiError> {
    let paging = PageQuery {
        search: query.search,
        offset: query.offset,
        ..PageQuery::first(query.limit.unwrap_or(50).min(200))
    };
    let page = app.billing().invoices(query.client.map(ClientId), &paging).await?;
    Ok(axum::Json(InvoiceList {
        items: page.items.into_iter().map(InvoiceBody::from).collect(),
        total: page.total,
    }))
}

/// Makes an invoice with the next number.
#[utoipa::path(post, path = "/invoices", request_body = NewInvoiceBody, responses((status = CREATED, body = InvoiceBody), (status = 422, body = ErrorBody)))]
pub(super) async fn create_invoice(
    State(app): State<App>,
    admin: ApiAdmin,
    Json(body): Json<NewInvoiceBody>,
) -> Result<(StatusCode, axum::Json<InvoiceBody>), ApiError> {
    let new = NewInvoice {
        client_id: ClientId(body.client_id),
        currency: body.currency,
        total_minor: body.total_minor,
        description: body.description,
        draft: body.draft,
    };
    let invoice = app.billing().create_invoice(new, &admin.email).await?;
    Ok((StatusCode::CREATED, axum::Json(invoice.into())))
}

/// Shows an invoice with its transactions.
#[utoipa::path(get, path = "/invoices/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = ShownInvoice), (status = 404, body = ErrorBody)))]
pub(super) async fn show_invoice(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<ShownInvoice>, ApiError> {
    let InvoiceWithTransactions { invoice, transactions } = app.billing().invoice(InvoiceId(id)).await?;
    let transactions = transactions.into_iter().map(TransactionBody::from).collect();
    Ok(axum::Json(ShownInvoice { invoice: invoice.into(), transactions }))
}

/// Cancels an invoice on which no money rests.
#[utoipa::path(post, path = "/invoices/{id}/cancel", params(("id" = Uuid, Path)), responses((status = NO_CONTENT), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn cancel_invoice(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.billing().cancel_invoice(InvoiceId(id), &admin.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

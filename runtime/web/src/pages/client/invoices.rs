//! A client's invoices: what is due, the ways to pay it, and the way back from a gateway.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use caisson_billing::{Answered, BillingError, CameBack, InvoiceWithTransactions};
use caisson_storage::PageQuery;
use caisson_storage::invoices::{self, Invoice};
use caisson_storage::payments::{Kind, Transaction};
use caisson_types::{InvoiceId, InvoiceStatus, Slug};
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::module_view::{self, Place};
use super::super::rows;
use super::super::ui::ClientUi;
use super::services::for_client;
use crate::ApiError;
use crate::view::data;

pub(super) async fn list(ui: ClientUi) -> Result<Response, PageError> {
    let query = PageQuery::first(PageQuery::MOST);
    let found = invoices::page(&mut *ui.app.db().conn().await?, Some(ui.client.id), &query).await?;
    let sent = found.items.iter().filter(|invoice| invoice.status != InvoiceStatus::Draft);
    let rows: Vec<Value> = sent.map(row).collect();
    ui.page("client/invoices.html", context! { invoices => data(rows) }).await
}

fn row(invoice: &Invoice) -> Value {
    let money = |minor: i64| json!({ "minor": minor, "currency": invoice.currency.as_str() });
    json!({
        "id": invoice.id, "number": invoice.number, "status": invoice.status.as_str(),
        "description": invoice.description, "total": money(invoice.total_minor), "paid": money(invoice.paid_minor),
        "refunded": money(invoice.refunded_minor), "due": money(invoice.due().minor),
        "created_at": invoice.created_at.0,
    })
}

pub(super) async fn show(ui: ClientUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let found = ui.app.billing().invoice_of(ui.client.id, InvoiceId(id)).await?;
    page(&ui, &found, None).await
}

/// A gateway's name, and what it shows or why it cannot.
type Paying = (String, Option<ViewValue>, Option<String>);

async fn page(
    ui: &ClientUi,
    found: &InvoiceWithTransactions,
    paying: Option<Paying>,
) -> Result<Response, PageError> {
    let due = found.invoice.due().minor > 0;
    let gateways = ui.app.billing().gateways().into_iter().filter(|_| due);
    let gateways: Vec<Value> = gateways.map(|active| rows::module(&ui.app, &active.key)).collect();
    // What came to nothing is for staff: its reasons are the gateway's words.
    let moved = found.transactions.iter().filter(|one| one.kind != Kind::Failure);
    let transactions: Vec<Value> = moved.map(|one| transaction(ui, one)).collect();
    let (gateway, module_html, module_error) = match paying {
        Some((name, html, error)) => (Some(name), html, error),
        None => (None, None, None),
    };
    let context = context! {
        invoice => data(row(&found.invoice)), transactions => data(transactions), gateways => data(gateways),
        gateway, module_html, module_error,
    };
    ui.page_with(StatusCode::OK, "client/invoice.html", context).await
}

fn transaction(ui: &ClientUi, one: &Transaction) -> Value {
    json!({
        "kind": one.kind.as_str(), "at": one.created_at.0, "gateway": rows::module(&ui.app, &one.module),
        "amount": { "minor": one.amount_minor, "currency": one.currency.as_str() },
    })
}

/// What the gateway shows to pay with, on the invoice's page.
pub(super) async fn pay(
    ui: ClientUi,
    Path((id, name)): Path<(Uuid, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let billing = ui.app.billing();
    let asked = (ui.client.id, InvoiceId(id));
    let checkout = billing.checkout(asked, gateway(&name)?, ui.locale()).await;
    let shown = match checkout {
        Ok(checkout) => {
            let place = Place::invoice(&checkout.active, InvoiceId(id));
            module_view::shown(&ui, &checkout.active, &checkout.template, &checkout.data, &place)
        }
        Err(error @ (BillingError::Module(_) | BillingError::Answer { .. })) => {
            (None, Some(for_client(error)))
        }
        Err(error) => return Err(error.into()),
    };
    // The module may have found out meanwhile that the invoice is paid.
    let found = billing.invoice_of(ui.client.id, InvoiceId(id)).await?;
    page(&ui, &found, Some((name, shown.0, shown.1))).await
}

/// The page after a change of language, which cannot be shown without asking the gateway again.
pub(super) async fn back_to_invoice(ui: ClientUi, Path((id, _)): Path<(Uuid, String)>) -> Response {
    ui.go(&format!("/client/invoices/{id}"))
}

pub(super) async fn returned(
    ui: ClientUi,
    Path((name, id)): Path<(String, Uuid)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    came_back(ui, name, InvoiceId(id), query, true).await
}

pub(super) async fn cancelled(
    ui: ClientUi,
    Path((name, id)): Path<(String, Uuid)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    came_back(ui, name, InvoiceId(id), query, false).await
}

/// Says on the invoice's page what the books say, and before they say anything what the module does.
async fn came_back(
    ui: ClientUi,
    name: String,
    id: InvoiceId,
    query: Vec<(String, String)>,
    finished: bool,
) -> Result<Response, PageError> {
    let billing = ui.app.billing();
    let back = CameBack { finished, query, locale: ui.locale().to_owned() };
    let asked = (ui.client.id, id);
    let before = billing.invoice_of(ui.client.id, id).await?.invoice;
    let said = billing.came_back(asked, gateway(&name)?, back).await;
    let after = billing.invoice_of(ui.client.id, id).await?.invoice;
    let to = format!("/client/invoices/{id}");
    if after.status == InvoiceStatus::Paid {
        return ui.done(&to, "done-invoice-paid").await;
    }
    if after.paid_minor > before.paid_minor {
        return ui.done(&to, "done-invoice-part").await;
    }
    match said {
        Ok(Answered::Text(text)) => ui.say(&to, "info", caisson_types::problem::shown(&text, SAID_MAX)).await,
        Ok(_) => ui.say(&to, "info", ui.t("invoice-waits", &[])).await,
        Err(error @ (BillingError::Module(_) | BillingError::Answer { .. })) => {
            tracing::warn!(%error, gateway = name, invoice = %id, "a gateway could not say what became of a payment");
            ui.say(&to, "warning", ui.t("invoice-unknown", &[])).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Characters of what a gateway says to who came back.
const SAID_MAX: usize = 1_000;

fn gateway(name: &str) -> Result<Slug, ApiError> {
    name.parse().map_err(|_| ApiError::not_found("gateway"))
}

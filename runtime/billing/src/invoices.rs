//! What clients owe, and what came of it.

use caisson_storage::invoices::{self, Invoice};
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::payments::{self, Transaction};
use caisson_storage::{StorageError, audit, events};
use caisson_types::money::Currency;
use caisson_types::{ClientId, FieldError, InvoiceId, InvoiceStatus, PanelEvent, Timestamp};
use serde_json::{Value, json};

use crate::{Billing, BillingError, Result};

/// An invoice as a form or the API gives it.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    pub client_id: ClientId,
    pub currency: String,
    pub total_minor: i64,
    pub description: String,
    /// Whether it is kept from everybody but staff for now.
    pub draft: bool,
}

/// An invoice, and all that gateways said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceWithTransactions {
    pub invoice: Invoice,
    pub transactions: Vec<Transaction>,
}

/// Characters of a description.
const DESCRIPTION_MAX: usize = 1_000;
/// A sum that every amount below it can be added to without care.
const TOTAL_MAX: i64 = i64::MAX / 1_000;

impl Billing {
    /// Makes an invoice with the next number of the year.
    ///
    /// # Errors
    /// [`BillingError::Invalid`] with an entry for each field that was refused.
    pub async fn create_invoice(&self, new: NewInvoice, actor: &str) -> Result<Invoice> {
        let mut errors = Vec::new();
        let currency = new.currency.parse::<Currency>();
        if currency.is_err() {
            errors.push(FieldError::new("currency", "This must be a currency code such as EUR."));
        }
        if !(1..=TOTAL_MAX).contains(&new.total_minor) {
            errors.push(FieldError::new("total_minor", "A total is more than nothing."));
        }
        let description = new.description.trim().to_owned();
        if description.is_empty() || description.chars().count() > DESCRIPTION_MAX {
            errors.push(FieldError::new("description", "A description has 1 to 1000 characters."));
        }
        let (true, Ok(currency)) = (errors.is_empty(), currency) else {
            return Err(BillingError::Invalid(errors));
        };
        let now = Timestamp::now();
        let mut tx = self.db.begin().await?;
        let invoice = Invoice {
            id: InvoiceId::new(),
            number: invoices::next_number(&mut tx, year(now)).await?,
            client_id: new.client_id,
            status: if new.draft { InvoiceStatus::Draft } else { InvoiceStatus::Unpaid },
            total_minor: new.total_minor,
            paid_minor: 0,
            refunded_minor: 0,
            currency,
            description,
            created_at: now,
            updated_at: now,
        };
        invoices::insert(&mut tx, &invoice).await.map_err(|error| match error {
            StorageError::ForeignKey => BillingError::field("client_id", "There is no such client."),
            other => other.into(),
        })?;
        let detail = json!({ "number": invoice.number, "total": invoice.total().to_string() });
        audit::append(&mut tx, actor, "invoice.create", &invoice.id.to_string(), &detail).await?;
        events::announce(&mut tx, PanelEvent::InvoiceCreated, announced(&invoice), 1).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(invoice)
    }

    /// Cancels an invoice on which no money rests.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] where money does, or it is closed.
    pub async fn cancel_invoice(&self, id: InvoiceId, actor: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let invoice =
            invoices::by_id_for_update(&mut tx, id).await.map_err(BillingError::missing("invoice"))?;
        if !invoices::cancel(&mut tx, id, Timestamp::now()).await? {
            let paid = invoice.money(invoice.paid_minor - invoice.refunded_minor);
            return Err(BillingError::Conflict(format!(
                "This invoice is {}, with {paid} paid; only one without money on it can be cancelled.",
                invoice.status
            )));
        }
        let detail = json!({ "number": invoice.number });
        audit::append(&mut tx, actor, "invoice.cancel", &id.to_string(), &detail).await?;
        events::announce(&mut tx, PanelEvent::InvoiceCancelled, announced(&invoice), 1).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(())
    }

    /// # Errors
    /// Where there is none.
    pub async fn invoice(&self, id: InvoiceId) -> Result<InvoiceWithTransactions> {
        let mut conn = self.db.conn().await?;
        let invoice = invoices::by_id(&mut conn, id).await.map_err(BillingError::missing("invoice"))?;
        let transactions = payments::of_invoice(&mut conn, id).await?;
        Ok(InvoiceWithTransactions { invoice, transactions })
    }

    /// # Errors
    /// Where the database cannot be read.
    pub async fn invoices(&self, client: Option<ClientId>, query: &PageQuery) -> Result<Page<Invoice>> {
        let mut conn = self.db.conn().await?;
        Ok(invoices::page(&mut conn, client, query).await?)
    }
}

/// An invoice as events tell of it.
fn announced(invoice: &Invoice) -> Value {
    json!({
        "invoice": invoice.id.to_string(),
        "client": invoice.client_id.to_string(),
        "number": invoice.number,
        "total_minor": invoice.total_minor,
        "currency": invoice.currency.as_str(),
        "draft": invoice.status == InvoiceStatus::Draft,
    })
}

/// In UTC.
fn year(at: Timestamp) -> i64 {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).year().into()
}

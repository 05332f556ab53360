//! What gateways say of money, checked against the books: every amount is an integer in the invoice's currency, every change is
//! guarded in SQL, and the gateway's own id makes saying it twice saying it once.

use async_trait::async_trait;
use caisson_capabilities::ports::{
    ClientView, InvoiceView, PaymentError, PaymentReport, PaymentsPort, Recorded,
};
use caisson_storage::clients::Client;
use caisson_storage::invoices::{self, Invoice};
use caisson_storage::payments::{self, Kind, Transaction};
use caisson_storage::{Conn, StorageError, Tx, audit, events};
use caisson_types::{InvoiceId, InvoiceStatus, ModuleKey, Money, PanelEvent, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Ports;

type Result<T> = std::result::Result<T, PaymentError>;

#[async_trait]
impl PaymentsPort for Ports {
    async fn invoice(&self, conn: &mut Conn, module: &ModuleKey, id: InvoiceId) -> Result<InvoiceView> {
        let (invoice, client) = invoices::with_client(conn, id).await?;
        if !invoice.status.is_open() && !payments::has_paid(conn, module, id).await? {
            return Err(PaymentError::Missing);
        }
        Ok(view(invoice, client))
    }

    async fn record_payment(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        report: PaymentReport,
        depth: u8,
    ) -> Result<Recorded> {
        let mut tx = conn.begin().await?;
        let recorded = credit(&mut tx, By { module, depth }, report).await;
        ended(tx, recorded).await
    }

    async fn record_failure(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        invoice: InvoiceId,
        transaction: &str,
        reason: &str,
        depth: u8,
    ) -> Result<Recorded> {
        let mut tx = conn.begin().await?;
        let recorded = fail(&mut tx, By { module, depth }, invoice, transaction, reason).await;
        ended(tx, recorded).await
    }

    async fn record_refund(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        transaction: &str,
        refund: &str,
        amount: Money,
        depth: u8,
    ) -> Result<Recorded> {
        let mut tx = conn.begin().await?;
        let recorded = pay_back(&mut tx, By { module, depth }, transaction, refund, amount).await;
        ended(tx, recorded).await
    }
}

/// An invoice as payment modules see it.
pub(crate) fn view(invoice: Invoice, client: Client) -> InvoiceView {
    InvoiceView {
        total: invoice.total(),
        due: invoice.due(),
        id: invoice.id,
        number: invoice.number,
        status: invoice.status,
        client: ClientView {
            id: client.id,
            email: client.email,
            name: client.name,
            locale: client.locale,
            currency: client.currency.to_string(),
        },
        description: invoice.description,
    }
}

/// Keeps what was recorded now and undoes everything else; the invoice is free again when this returns.
async fn ended(tx: Tx<&mut Conn>, recorded: Result<Recorded>) -> Result<Recorded> {
    match recorded {
        Ok(Recorded::Now) => tx.commit().await?,
        Ok(Recorded::Before) | Err(_) => tx.rollback().await?,
    }
    recorded
}

/// Which module says so, and how many events led there.
#[derive(Clone, Copy)]
struct By<'a> {
    module: &'a ModuleKey,
    depth: u8,
}

async fn credit(conn: &mut Conn, by: By<'_>, report: PaymentReport) -> Result<Recorded> {
    let module = by.module;
    let invoice = sent(conn, report.invoice).await?;
    let new = Transaction {
        fee_minor: report.fee.map(|fee| fee.minor),
        details: report.details,
        ..entry(Kind::Payment, module, invoice.id, report.transaction, report.amount)
    };
    if let Some(before) = payments::find(conn, module, Kind::Payment, &new.reference).await? {
        return same(&before, &new);
    }
    fits(&invoice, report.amount, report.fee)?;
    if !payments::insert(conn, &new).await? {
        // Another invoice's payment took the id a moment ago.
        return same(&recorded(conn, &new).await?, &new);
    }
    if !invoices::credit(conn, invoice.id, report.amount.minor, Timestamp::now()).await? {
        return Err(PaymentError::Closed("the invoice was paid or closed a moment ago".to_owned()));
    }
    let fee = report.fee.map(|fee| fee.to_string());
    note(conn, &new, "invoice.payment", json!({ "fee": fee })).await?;
    tell(conn, PanelEvent::PaymentRecorded, &new, by).await?;
    if report.amount == invoice.due() {
        tell(conn, PanelEvent::InvoicePaid, &new, by).await?;
    }
    Ok(Recorded::Now)
}

async fn fail(
    conn: &mut Conn,
    by: By<'_>,
    invoice: InvoiceId,
    transaction: &str,
    reason: &str,
) -> Result<Recorded> {
    let invoice = sent(conn, invoice).await?;
    let new = Transaction {
        details: json!({ "reason": reason }),
        ..entry(Kind::Failure, by.module, invoice.id, transaction.to_owned(), invoice.money(0))
    };
    if !payments::insert(conn, &new).await? {
        return same(&recorded(conn, &new).await?, &new);
    }
    note(conn, &new, "invoice.payment-failed", json!({ "reason": reason })).await?;
    tell(conn, PanelEvent::PaymentFailed, &new, by).await?;
    Ok(Recorded::Now)
}

async fn pay_back(
    conn: &mut Conn,
    by: By<'_>,
    transaction: &str,
    refund: &str,
    amount: Money,
) -> Result<Recorded> {
    let module = by.module;
    let known = payments::find(conn, module, Kind::Payment, transaction).await?;
    let known = known.ok_or(PaymentError::Missing)?;
    // Invoice before payment, as whoever pays locks them.
    let invoice = invoices::by_id_for_update(conn, known.invoice_id).await?;
    let payment = payments::payment_for_update(conn, module, transaction).await?;
    let new = Transaction {
        payment_id: Some(payment.id),
        ..entry(Kind::Refund, module, invoice.id, refund.to_owned(), amount)
    };
    if let Some(before) = payments::find(conn, module, Kind::Refund, refund).await? {
        return same(&before, &new);
    }
    if amount.currency != payment.currency {
        let reason = format!("the refund is {amount}, and the payment was in {}", payment.currency);
        return Err(PaymentError::Mismatch(reason));
    }
    if !payments::insert(conn, &new).await? {
        return same(&recorded(conn, &new).await?, &new);
    }
    if !payments::pay_back(conn, payment.id, amount.minor).await? {
        let left = Money { minor: payment.amount_minor - payment.refunded_minor, ..amount };
        let reason = format!("the refund is {amount}, and {left} is left of the payment");
        return Err(PaymentError::Mismatch(reason));
    }
    invoices::debit(conn, invoice.id, amount.minor, Timestamp::now()).await?;
    note(conn, &new, "invoice.refund", json!({ "payment": transaction })).await?;
    tell(conn, PanelEvent::PaymentRefunded, &new, by).await?;
    Ok(Recorded::Now)
}

/// The invoice, locked for what follows. A draft is nobody's yet.
async fn sent(conn: &mut Conn, id: InvoiceId) -> Result<Invoice> {
    let invoice = invoices::by_id_for_update(conn, id).await?;
    if invoice.status == InvoiceStatus::Draft { Err(PaymentError::Missing) } else { Ok(invoice) }
}

fn entry(
    kind: Kind,
    module: &ModuleKey,
    invoice: InvoiceId,
    reference: String,
    amount: Money,
) -> Transaction {
    Transaction {
        id: Uuid::now_v7(),
        invoice_id: invoice,
        module: module.clone(),
        kind,
        reference,
        payment_id: None,
        amount_minor: amount.minor,
        refunded_minor: 0,
        fee_minor: None,
        currency: amount.currency,
        details: Value::Null,
        created_at: Timestamp::now(),
    }
}

/// Whether what is said again is what was said.
fn same(before: &Transaction, new: &Transaction) -> Result<Recorded> {
    let is_same = before.invoice_id == new.invoice_id
        && before.payment_id == new.payment_id
        && before.amount() == new.amount();
    if is_same {
        return Ok(Recorded::Before);
    }
    Err(PaymentError::Mismatch(format!(
        "'{}' was recorded as {} for the invoice {}; it cannot be {} for {} too",
        new.reference,
        before.amount(),
        before.invoice_id,
        new.amount(),
        new.invoice_id
    )))
}

/// What was recorded before under the id that could not be taken.
async fn recorded(conn: &mut Conn, new: &Transaction) -> Result<Transaction> {
    let found = payments::find(conn, &new.module, new.kind, &new.reference).await?;
    found.ok_or_else(|| PaymentError::Failed(StorageError::Unique("the transaction's id".to_owned())))
}

/// Whether an invoice takes the payment, as it stands under the lock.
fn fits(invoice: &Invoice, amount: Money, fee: Option<Money>) -> Result<()> {
    let (number, due) = (&invoice.number, invoice.due());
    if amount.currency != invoice.currency {
        let reason = format!("the payment is {amount}, and the invoice {number} is in {}", invoice.currency);
        return Err(PaymentError::Mismatch(reason));
    }
    if let Some(fee) = fee.filter(|fee| fee.currency != invoice.currency || fee.minor > amount.minor) {
        let reason = format!("the fee is {fee}, which cannot be a part of the payment of {amount}");
        return Err(PaymentError::Mismatch(reason));
    }
    if !invoice.status.is_open() {
        let reason = format!("the invoice {number} is {}; it takes no payment", invoice.status);
        return Err(PaymentError::Closed(reason));
    }
    if amount.minor > due.minor {
        let reason = format!("the payment is {amount}, and {due} is due on the invoice {number}");
        return Err(PaymentError::Mismatch(reason));
    }
    Ok(())
}

async fn note(conn: &mut Conn, what: &Transaction, action: &str, more: Value) -> Result<()> {
    let mut detail = json!({ "reference": what.reference });
    if what.kind != Kind::Failure {
        detail["amount"] = what.amount().to_string().into();
    }
    if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
        detail.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    audit::append(conn, &what.module.to_string(), action, &what.invoice_id.to_string(), &detail).await?;
    Ok(())
}

/// Tells those who hear of it, once it is kept.
async fn tell(conn: &mut Conn, event: PanelEvent, what: &Transaction, by: By<'_>) -> Result<()> {
    let payload = json!({
        "invoice": what.invoice_id.to_string(),
        "module": what.module.to_string(),
        "transaction": what.reference,
        "amount_minor": what.amount_minor,
        "currency": what.currency.as_str(),
    });
    Ok(events::announce(conn, event, payload, by.depth + 1).await?)
}

//! What modules recorded of money. A row is written once; the gateway's own id of it makes recording it twice one.

use caisson_types::money::{Currency, Money};
use caisson_types::{InvoiceId, ModuleKey, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Conn, Dialect};
use crate::error::{Optional as _, Result};
use crate::row::{Fields, read_all};

/// What a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Payment,
    Refund,
    /// A payment that did not come about.
    Failure,
}

impl Kind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Payment => "payment",
            Kind::Refund => "refund",
            Kind::Failure => "failure",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Kind::Payment, Kind::Refund, Kind::Failure]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a kind of transaction"))
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// Version 7, so that they sort by when they were recorded.
    pub id: Uuid,
    pub invoice_id: InvoiceId,
    pub module: ModuleKey,
    pub kind: Kind,
    /// The gateway's own id.
    pub reference: String,
    /// The payment that a refund pays back.
    pub payment_id: Option<Uuid>,
    pub amount_minor: i64,
    /// Of a payment: what was paid back of it.
    pub refunded_minor: i64,
    pub fee_minor: Option<i64>,
    pub currency: Currency,
    pub details: Value,
    pub created_at: Timestamp,
}

impl Transaction {
    #[must_use]
    pub fn amount(&self) -> Money {
        Money { minor: self.amount_minor, currency: self.currency }
    }
}

fn read(row: Fields<'_>) -> Result<Transaction> {
    Ok(Transaction {
        id: row.parse("id")?,
        invoice_id: row.parse("invoice_id")?,
        module: row.parse("module")?,
        kind: row.parse("kind")?,
        reference: row.get("reference")?,
        payment_id: row.parse_opt("payment_id")?,
        amount_minor: row.get("amount_minor")?,
        refunded_minor: row.get("refunded_minor")?,
        fee_minor: row.get("fee_minor")?,
        currency: row.parse("currency")?,
        details: row.json("details")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds one. `false` means that the module recorded one of that kind and reference before, and nothing was written. Where another
/// transaction is about to, this waits for how it ends.
///
/// # Errors
/// Those of writing.
pub async fn insert(conn: &mut Conn, new: &Transaction) -> Result<bool> {
    let row = sqlx::query(
        "INSERT INTO transactions (id, invoice_id, module, kind, reference, payment_id, amount_minor, refunded_minor, \
         fee_minor, currency, details, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11) \
         ON CONFLICT (module, kind, reference) DO NOTHING RETURNING id",
    )
    .bind(new.id.to_string())
    .bind(new.invoice_id.to_string())
    .bind(new.module.to_string())
    .bind(new.kind.as_str())
    .bind(new.reference.as_str())
    .bind(new.payment_id.map(|id| id.to_string()))
    .bind(new.amount_minor)
    .bind(new.fee_minor)
    .bind(new.currency.as_str())
    .bind(new.details.to_string())
    .bind(new.created_at.0)
    .fetch_optional(&mut *conn)
    .await?;
    Ok(row.is_some())
}

/// A module's transaction by the gateway's own id, if it recorded it.
///
/// # Errors
/// Those of reading.
pub async fn find(
    conn: &mut Conn,
    module: &ModuleKey,
    kind: Kind,
    reference: &str,
) -> Result<Option<Transaction>> {
    let row = sqlx::query("SELECT * FROM transactions WHERE module = $1 AND kind = $2 AND reference = $3")
        .bind(module.to_string())
        .bind(kind.as_str())
        .bind(reference)
        .fetch_one(&mut *conn)
        .await;
    row.map_err(Into::into).and_then(|row| read(Fields::new(&row))).optional()
}

/// A payment that the same transaction is going to pay back; see [`crate::services::by_id_for_update`].
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn payment_for_update(conn: &mut Conn, module: &ModuleKey, reference: &str) -> Result<Transaction> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT * FROM transactions WHERE module = $1 AND kind = 'payment' AND reference = $2"
        }
        Dialect::Postgres => {
            "SELECT * FROM transactions WHERE module = $1 AND kind = 'payment' AND reference = $2 FOR UPDATE"
        }
    };
    let row = sqlx::query(sql).bind(module.to_string()).bind(reference).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// Counts a refund against its payment. `false` means that the refunds would be more than was paid, and nothing was written.
///
/// # Errors
/// Those of writing.
pub async fn pay_back(conn: &mut Conn, payment: Uuid, minor: i64) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE transactions SET refunded_minor = refunded_minor + $1 \
         WHERE id = $2 AND kind = 'payment' AND refunded_minor + $1 <= amount_minor",
    )
    .bind(minor)
    .bind(payment.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// All of an invoice's, oldest first.
///
/// # Errors
/// Those of reading.
pub async fn of_invoice(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<Transaction>> {
    let rows = sqlx::query("SELECT * FROM transactions WHERE invoice_id = $1 ORDER BY id")
        .bind(invoice.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// Whether a module recorded a payment of the invoice.
///
/// # Errors
/// Those of reading.
pub async fn has_paid(conn: &mut Conn, module: &ModuleKey, invoice: InvoiceId) -> Result<bool> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS total FROM transactions WHERE invoice_id = $1 AND module = $2 AND kind = 'payment'",
    )
    .bind(invoice.to_string())
    .bind(module.to_string())
    .fetch_one(&mut *conn)
    .await?;
    Ok(Fields::new(&row).count::<u64>("total")? > 0)
}

//! What clients owe.

use caisson_types::money::{Currency, Money};
use caisson_types::{ClientId, InvoiceId, InvoiceStatus, Timestamp};

use crate::clients::{self, Client};
use crate::db::{Conn, Dialect};
use crate::error::{Result, StorageError};
use crate::page::{Page, PageQuery};
use crate::row::{Fields, one_changed};
use crate::sql::Filter;

/// An invoice. All amounts are in its currency's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    pub id: InvoiceId,
    /// What people call it; no two have the same.
    pub number: String,
    pub client_id: ClientId,
    pub status: InvoiceStatus,
    pub total_minor: i64,
    /// All payments together.
    pub paid_minor: i64,
    /// All refunds together.
    pub refunded_minor: i64,
    pub currency: Currency,
    pub description: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Invoice {
    #[must_use]
    pub fn total(&self) -> Money {
        self.money(self.total_minor)
    }

    /// What a payment may come to: nothing, unless the invoice is open. What was paid back of an open invoice is due again.
    #[must_use]
    pub fn due(&self) -> Money {
        let due = self.total_minor - self.paid_minor + self.refunded_minor;
        self.money(if self.status.is_open() { due } else { 0 })
    }

    /// An amount in the invoice's currency.
    #[must_use]
    pub fn money(&self, minor: i64) -> Money {
        Money { minor, currency: self.currency }
    }
}

fn read(row: Fields<'_>) -> Result<Invoice> {
    Ok(Invoice {
        id: row.parse("id")?,
        number: row.get("number")?,
        client_id: row.parse("client_id")?,
        status: row.parse("status")?,
        total_minor: row.get("total_minor")?,
        paid_minor: row.get("paid_minor")?,
        refunded_minor: row.get("refunded_minor")?,
        currency: row.parse("currency")?,
        description: row.get("description")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// The next number of a year, such as `2026-00017`: in the transaction of the invoice that takes it, so that none is taken twice
/// or left out.
///
/// # Errors
/// Those of writing.
pub async fn next_number(conn: &mut Conn, year: i64) -> Result<String> {
    let row = sqlx::query(
        "INSERT INTO invoice_numbers (year, last) VALUES ($1, 1) \
         ON CONFLICT (year) DO UPDATE SET last = invoice_numbers.last + 1 RETURNING last",
    )
    .bind(year)
    .fetch_one(&mut *conn)
    .await?;
    let last: i64 = Fields::new(&row).get("last")?;
    Ok(format!("{year}-{last:05}"))
}

/// Adds an invoice on which nothing was paid.
///
/// # Errors
/// [`StorageError::Unique`] when the number is taken, [`StorageError::ForeignKey`] without its client.
pub async fn insert(conn: &mut Conn, invoice: &Invoice) -> Result<()> {
    sqlx::query(
        "INSERT INTO invoices (id, number, client_id, status, total_minor, paid_minor, refunded_minor, currency, \
         description, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8, $9)",
    )
    .bind(invoice.id.to_string())
    .bind(invoice.number.as_str())
    .bind(invoice.client_id.to_string())
    .bind(invoice.status.as_str())
    .bind(invoice.total_minor)
    .bind(invoice.currency.as_str())
    .bind(invoice.description.as_str())
    .bind(invoice.created_at.0)
    .bind(invoice.updated_at.0)
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the invoice's number"))?;
    Ok(())
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: InvoiceId) -> Result<Invoice> {
    let row = sqlx::query("SELECT * FROM invoices WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// Reads an invoice that the same transaction is going to change; see [`crate::services::by_id_for_update`].
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id_for_update(conn: &mut Conn, id: InvoiceId) -> Result<Invoice> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT * FROM invoices WHERE id = $1",
        Dialect::Postgres => "SELECT * FROM invoices WHERE id = $1 FOR UPDATE",
    };
    let row = sqlx::query(sql).bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// With the client who owes it.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn with_client(conn: &mut Conn, id: InvoiceId) -> Result<(Invoice, Client)> {
    let invoice = by_id(conn, id).await?;
    let client = clients::by_id(conn, invoice.client_id).await?;
    Ok((invoice, client))
}

/// Newest first, of one client or of all; searches number and description.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, client: Option<ClientId>, query: &PageQuery) -> Result<Page<Invoice>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM invoices", "SELECT * FROM invoices", " ORDER BY id DESC");
    Filter::new()
        .and("client_id = ?", client.map(|id| id.to_string()))
        .search(
            "(LOWER(number) LIKE ? ESCAPE '!' OR LOWER(description) LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, SQL, query, read)
        .await
}

/// Credits a payment: an open invoice is paid once nothing is due. `false` means that it takes no payment now, or not so much,
/// and nothing was written.
///
/// # Errors
/// Those of writing.
pub async fn credit(conn: &mut Conn, id: InvoiceId, minor: i64, now: Timestamp) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE invoices SET paid_minor = paid_minor + $1, updated_at = $2, \
         status = CASE WHEN paid_minor + $1 - refunded_minor = total_minor THEN 'paid' ELSE status END \
         WHERE id = $3 AND status IN ('unpaid', 'processing') AND paid_minor + $1 - refunded_minor <= total_minor",
    )
    .bind(minor)
    .bind(now.0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Takes a refund off: a paid invoice is refunded once all that was paid was paid back, and stays paid before that.
///
/// # Errors
/// [`StorageError::Missing`] when more would have been paid back than was paid.
pub async fn debit(conn: &mut Conn, id: InvoiceId, minor: i64, now: Timestamp) -> Result<()> {
    let result = sqlx::query(
        "UPDATE invoices SET refunded_minor = refunded_minor + $1, updated_at = $2, \
         status = CASE WHEN status = 'paid' AND refunded_minor + $1 = paid_minor THEN 'refunded' ELSE status END \
         WHERE id = $3 AND refunded_minor + $1 <= paid_minor",
    )
    .bind(minor)
    .bind(now.0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// Cancels an invoice on which no money rests. `false` means that it is not one, and nothing was written.
///
/// # Errors
/// Those of writing.
pub async fn cancel(conn: &mut Conn, id: InvoiceId, now: Timestamp) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE invoices SET status = 'cancelled', updated_at = $1 \
         WHERE id = $2 AND status IN ('draft', 'unpaid') AND paid_minor = refunded_minor",
    )
    .bind(now.0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

//! Customers.

use caisson_types::money::Currency;
use caisson_types::{ClientId, Phone, Secret, Timestamp};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::page::{Page, PageQuery};
use crate::row::{Fields, one_changed};
use crate::sql::Filter;

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    /// Lower case, as every function here stores and compares it.
    pub email: String,
    pub name: String,
    pub phone: Option<Phone>,
    /// A PHC string; without one the client cannot log in.
    pub password_hash: Option<Secret<String>>,
    /// A BCP 47 tag, such as `en`.
    pub locale: String,
    pub currency: Currency,
    pub created_at: Timestamp,
}

pub(crate) fn read(row: Fields<'_>) -> Result<Client> {
    Ok(Client {
        id: row.parse("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        phone: row.parse_opt("phone")?,
        password_hash: row.get::<Option<String>>("password_hash")?.map(Secret::new),
        locale: row.get("locale")?,
        currency: row.parse("currency")?,
        created_at: row.time("created_at")?,
    })
}

fn taken(error: sqlx::Error) -> StorageError {
    StorageError::from(error).unique("the client's e-mail address")
}

/// Adds a client.
///
/// # Errors
/// [`StorageError::Unique`] when the e-mail address is taken.
pub async fn insert(conn: &mut Conn, client: &Client) -> Result<()> {
    sqlx::query(
        "INSERT INTO clients (id, email, name, phone, password_hash, locale, currency, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(client.id.to_string())
    .bind(client.email.to_lowercase())
    .bind(client.name.as_str())
    .bind(client.phone.as_ref().map(ToString::to_string))
    .bind(client.password_hash.as_ref().map(|hash| hash.expose().clone()))
    .bind(client.locale.as_str())
    .bind(client.currency.as_str())
    .bind(client.created_at.0)
    .execute(&mut *conn)
    .await
    .map_err(taken)?;
    Ok(())
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: ClientId) -> Result<Client> {
    let row =
        sqlx::query("SELECT * FROM clients WHERE id = $1").bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// Upper and lower case alike.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Client> {
    let row = sqlx::query("SELECT * FROM clients WHERE email = $1")
        .bind(email.to_lowercase())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// Newest first, or by `name`, `email` or `created_at`; searches name and e-mail address.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, query: &PageQuery) -> Result<Page<Client>> {
    let order = match query.order.as_deref() {
        Some("name") => " ORDER BY LOWER(name), id",
        Some("-name") => " ORDER BY LOWER(name) DESC, id DESC",
        Some("email") => " ORDER BY email",
        Some("-email") => " ORDER BY email DESC",
        Some("created_at") => " ORDER BY id",
        _ => " ORDER BY id DESC",
    };
    let sql = ("SELECT COUNT(*) AS total FROM clients", "SELECT * FROM clients", order);
    Filter::new()
        .search("(LOWER(name) LIKE ? ESCAPE '!' OR email LIKE ? ESCAPE '!')", query.search.as_deref())
        .page(conn, sql, query, read)
        .await
}

/// Writes everything but the password and the date.
///
/// # Errors
/// [`StorageError::Missing`]; [`StorageError::Unique`] when the e-mail address is another's.
pub async fn update(conn: &mut Conn, client: &Client) -> Result<()> {
    let result = sqlx::query(
        "UPDATE clients SET email = $1, name = $2, phone = $3, locale = $4, currency = $5 WHERE id = $6",
    )
    .bind(client.email.to_lowercase())
    .bind(client.name.as_str())
    .bind(client.phone.as_ref().map(ToString::to_string))
    .bind(client.locale.as_str())
    .bind(client.currency.as_str())
    .bind(client.id.to_string())
    .execute(&mut *conn)
    .await
    .map_err(taken)?;
    one_changed(&result)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn set_password(conn: &mut Conn, id: ClientId, hash: &Secret<String>) -> Result<()> {
    let result = sqlx::query("UPDATE clients SET password_hash = $1 WHERE id = $2")
        .bind(hash.expose().as_str())
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// # Errors
/// [`StorageError::Missing`]; [`StorageError::ForeignKey`] while something is the client's.
pub async fn delete(conn: &mut Conn, id: ClientId) -> Result<()> {
    let result =
        sqlx::query("DELETE FROM clients WHERE id = $1").bind(id.to_string()).execute(&mut *conn).await?;
    one_changed(&result)
}

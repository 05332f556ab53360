//! What can be ordered.

use caisson_types::money::Currency;
use caisson_types::{ModuleKey, Money, ProductId, Slug, Timestamp};
use serde_json::Value;

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed, read_all};

/// A product.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    pub id: ProductId,
    pub slug: Slug,
    pub name: String,
    pub description: String,
    /// The module that provisions it.
    pub module: ModuleKey,
    /// What the module's product form said.
    pub module_data: Value,
    /// Not offered to clients.
    pub hidden: bool,
    pub price_minor: i64,
    pub currency: Currency,
    /// How many are left; without it there is no end.
    pub stock: Option<i64>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Product {
    #[must_use]
    pub fn price(&self) -> Money {
        Money { minor: self.price_minor, currency: self.currency }
    }
}

pub(crate) fn read(row: Fields<'_>) -> Result<Product> {
    Ok(Product {
        id: row.parse("id")?,
        slug: row.parse("slug")?,
        name: row.get("name")?,
        description: row.get("description")?,
        module: row.parse("module")?,
        module_data: row.json("module_data")?,
        hidden: row.flag("hidden")?,
        price_minor: row.get("price_minor")?,
        currency: row.parse("currency")?,
        stock: row.get("stock")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn taken(error: sqlx::Error) -> StorageError {
    StorageError::from(error).unique("the product's short name")
}

/// Adds a product.
///
/// # Errors
/// [`StorageError::Unique`] when the slug is taken; [`StorageError::ForeignKey`] without its module.
pub async fn insert(conn: &mut Conn, product: &Product) -> Result<()> {
    sqlx::query(
        "INSERT INTO products (id, slug, name, description, module, module_data, hidden, price_minor, currency, \
         stock, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(product.id.to_string())
    .bind(product.slug.as_str())
    .bind(product.name.as_str())
    .bind(product.description.as_str())
    .bind(product.module.to_string())
    .bind(product.module_data.to_string())
    .bind(i64::from(product.hidden))
    .bind(product.price_minor)
    .bind(product.currency.as_str())
    .bind(product.stock)
    .bind(product.created_at.0)
    .bind(product.updated_at.0)
    .execute(&mut *conn)
    .await
    .map_err(taken)?;
    Ok(())
}

/// Writes everything but the date of creation.
///
/// # Errors
/// [`StorageError::Missing`]; [`StorageError::Unique`] when the slug is another's; [`StorageError::ForeignKey`] without
/// its module.
pub async fn update(conn: &mut Conn, product: &Product) -> Result<()> {
    let result = sqlx::query(
        "UPDATE products SET slug = $1, name = $2, description = $3, module = $4, module_data = $5, hidden = $6, \
         price_minor = $7, currency = $8, stock = $9, updated_at = $10 WHERE id = $11",
    )
    .bind(product.slug.as_str())
    .bind(product.name.as_str())
    .bind(product.description.as_str())
    .bind(product.module.to_string())
    .bind(product.module_data.to_string())
    .bind(i64::from(product.hidden))
    .bind(product.price_minor)
    .bind(product.currency.as_str())
    .bind(product.stock)
    .bind(product.updated_at.0)
    .bind(product.id.to_string())
    .execute(&mut *conn)
    .await
    .map_err(taken)?;
    one_changed(&result)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: ProductId) -> Result<Product> {
    let row = sqlx::query("SELECT * FROM products WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_slug(conn: &mut Conn, slug: &Slug) -> Result<Product> {
    let row = sqlx::query("SELECT * FROM products WHERE slug = $1")
        .bind(slug.as_str())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// All of them, hidden ones too, by name.
///
/// # Errors
/// Those of reading.
pub async fn list(conn: &mut Conn) -> Result<Vec<Product>> {
    let rows = sqlx::query("SELECT * FROM products ORDER BY name, id").fetch_all(&mut *conn).await?;
    read_all(&rows, read)
}

/// Those that a module provisions, by name.
///
/// # Errors
/// Those of reading.
pub async fn of_module(conn: &mut Conn, module: &ModuleKey) -> Result<Vec<Product>> {
    let rows = sqlx::query("SELECT * FROM products WHERE module = $1 ORDER BY name, id")
        .bind(module.to_string())
        .fetch_all(&mut *conn)
        .await?;
    read_all(&rows, read)
}

/// # Errors
/// [`StorageError::Missing`]; [`StorageError::ForeignKey`] while a service is of this product.
pub async fn delete(conn: &mut Conn, id: ProductId) -> Result<()> {
    let result =
        sqlx::query("DELETE FROM products WHERE id = $1").bind(id.to_string()).execute(&mut *conn).await?;
    one_changed(&result)
}

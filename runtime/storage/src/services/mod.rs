//! What clients ordered.

mod context;

use std::collections::HashMap;

use caisson_types::{BillingStatus, ClientId, ModuleKey, ProductId, ProvisionStatus, ServiceId, Timestamp};
use serde_json::Value;

pub use self::context::{ServiceContext, context_by_id, contexts_of_module, page_contexts};
use crate::db::{Conn, Dialect};
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::{Fields, one_changed, read_all};
use crate::sql::Sql;

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub id: ServiceId,
    pub client_id: ClientId,
    pub product_id: ProductId,
    /// The module that provisions it, kept when the product changes hands.
    pub module: ModuleKey,
    pub billing_status: BillingStatus,
    pub provision_status: ProvisionStatus,
    /// Why it is in that state, for people.
    pub status_message: Option<String>,
    /// What the module keeps about it: a JSON object.
    pub data: Value,
    /// The secret part of that: a JSON object, sealed (see [`crate::vault`]).
    pub sealed: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Which services to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFilter {
    pub client: Option<ClientId>,
    pub product: Option<ProductId>,
    pub module: Option<ModuleKey>,
    pub provision_status: Option<ProvisionStatus>,
}

fn read(row: Fields<'_>) -> Result<Service> {
    Ok(Service {
        id: row.parse("id")?,
        client_id: row.parse("client_id")?,
        product_id: row.parse("product_id")?,
        module: row.parse("module")?,
        billing_status: row.parse("billing_status")?,
        provision_status: row.parse("provision_status")?,
        status_message: row.get("status_message")?,
        data: row.json("data")?,
        sealed: row.get("sealed")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Adds a service.
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without its client or product.
pub async fn insert(conn: &mut Conn, service: &Service) -> Result<()> {
    sqlx::query(
        "INSERT INTO services (id, client_id, product_id, module, billing_status, provision_status, status_message, \
         data, sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(service.id.to_string())
    .bind(service.client_id.to_string())
    .bind(service.product_id.to_string())
    .bind(service.module.to_string())
    .bind(service.billing_status.as_str())
    .bind(service.provision_status.as_str())
    .bind(service.status_message.clone())
    .bind(service.data.to_string())
    .bind(service.sealed.clone())
    .bind(service.created_at.0)
    .bind(service.updated_at.0)
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: ServiceId) -> Result<Service> {
    let row = sqlx::query("SELECT * FROM services WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// Reads a service that the same transaction is going to change. On PostgreSQL its row is locked until the end; on SQLite
/// the transaction holds the only write lock already.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn by_id_for_update(conn: &mut Conn, id: ServiceId) -> Result<Service> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT * FROM services WHERE id = $1",
        Dialect::Postgres => "SELECT * FROM services WHERE id = $1 FOR UPDATE",
    };
    let row = sqlx::query(sql).bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// As [`page_contexts`], the services alone.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, filter: &ServiceFilter, query: &PageQuery) -> Result<Page<Service>> {
    let page = page_contexts(conn, filter, query).await?;
    Ok(Page { items: page.items.into_iter().map(|context| context.service).collect(), total: page.total })
}

/// How many services a module has, whatever their state.
///
/// # Errors
/// Those of reading.
pub async fn count_of_module(conn: &mut Conn, module: &ModuleKey) -> Result<u64> {
    let row = sqlx::query("SELECT COUNT(*) AS total FROM services WHERE module = $1")
        .bind(module.to_string())
        .fetch_one(&mut *conn)
        .await?;
    Fields::new(&row).count("total")
}

/// Services that wait for a task that will not come: they are processing, and no task of theirs is pending or running.
/// With each, what the last task said.
///
/// # Errors
/// Those of reading.
pub async fn processing_without_task(conn: &mut Conn) -> Result<Vec<(Service, String)>> {
    const UNKNOWN: &str = "The task that worked on it is gone.";
    let rows = sqlx::query(
        "SELECT s.*, (SELECT t.last_error FROM tasks t WHERE t.service_id = s.id ORDER BY t.id DESC LIMIT 1) AS last_error \
         FROM services s WHERE s.provision_status = 'processing' AND NOT EXISTS \
         (SELECT 1 FROM tasks t WHERE t.service_id = s.id AND t.status IN ('pending', 'running')) ORDER BY s.id",
    )
    .fetch_all(&mut *conn)
    .await?;
    read_all(&rows, |row| {
        let error = row.get::<Option<String>>("last_error")?;
        Ok((read(row)?, error.unwrap_or_else(|| UNKNOWN.to_owned())))
    })
}

/// How many services stand in each state; states without any are left out.
///
/// # Errors
/// Those of reading.
pub async fn counts_by_provision_status(conn: &mut Conn) -> Result<Vec<(ProvisionStatus, u64)>> {
    let rows = sqlx::query(
        "SELECT provision_status, COUNT(*) AS total FROM services GROUP BY provision_status \
         ORDER BY provision_status",
    )
    .fetch_all(&mut *conn)
    .await?;
    read_all(&rows, |row| Ok((row.parse("provision_status")?, row.count("total")?)))
}

/// Says where it stands with its provider, and why.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn set_provision_status(
    conn: &mut Conn,
    id: ServiceId,
    status: ProvisionStatus,
    message: Option<&str>,
) -> Result<()> {
    let result = sqlx::query(
        "UPDATE services SET provision_status = $1, status_message = $2, updated_at = $3 WHERE id = $4",
    )
    .bind(status.as_str())
    .bind(message.map(str::to_owned))
    .bind(Timestamp::now().0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// Says where it stands with its client.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn set_billing_status(conn: &mut Conn, id: ServiceId, status: BillingStatus) -> Result<()> {
    let result = sqlx::query("UPDATE services SET billing_status = $1, updated_at = $2 WHERE id = $3")
        .bind(status.as_str())
        .bind(Timestamp::now().0)
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Writes what the module keeps about it, open and sealed.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn set_data(conn: &mut Conn, id: ServiceId, data: &Value, sealed: Option<&[u8]>) -> Result<()> {
    let result = sqlx::query("UPDATE services SET data = $1, sealed = $2, updated_at = $3 WHERE id = $4")
        .bind(data.to_string())
        .bind(sealed.map(<[u8]>::to_vec))
        .bind(Timestamp::now().0)
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Moves it to another product.
///
/// # Errors
/// [`crate::StorageError::Missing`]; [`crate::StorageError::ForeignKey`] without the product.
pub async fn set_product(conn: &mut Conn, id: ServiceId, product: ProductId) -> Result<()> {
    let result = sqlx::query("UPDATE services SET product_id = $1, updated_at = $2 WHERE id = $3")
        .bind(product.to_string())
        .bind(Timestamp::now().0)
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Deletes a service with its timeline.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn delete(conn: &mut Conn, id: ServiceId) -> Result<()> {
    let result =
        sqlx::query("DELETE FROM services WHERE id = $1").bind(id.to_string()).execute(&mut *conn).await?;
    one_changed(&result)
}

/// How many services each of these clients has; clients without any are left out.
///
/// # Errors
/// Those of reading.
pub async fn counts_of_clients(conn: &mut Conn, clients: &[ClientId]) -> Result<HashMap<ClientId, u64>> {
    if clients.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new("SELECT client_id AS id, COUNT(*) AS total FROM services WHERE client_id IN ");
    sql.push_tuple(clients.iter().map(|id| id.to_string().into())).push(" GROUP BY client_id");
    let rows = sql.query().fetch_all(&mut *conn).await?;
    Ok(read_all(&rows, |row| Ok((row.parse("id")?, row.count("total")?)))?.into_iter().collect())
}

/// How many services there are of each product; products without any are left out.
///
/// # Errors
/// Those of reading.
pub async fn counts_of_products(conn: &mut Conn) -> Result<HashMap<ProductId, u64>> {
    let rows = sqlx::query("SELECT product_id AS id, COUNT(*) AS total FROM services GROUP BY product_id")
        .fetch_all(&mut *conn)
        .await?;
    Ok(read_all(&rows, |row| Ok((row.parse("id")?, row.count("total")?)))?.into_iter().collect())
}

/// Those of these services that there are, in no order.
///
/// # Errors
/// Those of reading.
pub async fn by_ids(conn: &mut Conn, ids: &[ServiceId]) -> Result<Vec<Service>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT * FROM services WHERE id IN ");
    sql.push_tuple(ids.iter().map(|id| id.to_string().into()));
    read_all(&sql.query().fetch_all(&mut *conn).await?, read)
}

//! A service with its client and product: what a call into a module needs, in one query.

use caisson_types::{ModuleKey, ProvisionStatus, ServiceId};

use super::{Service, ServiceFilter};
use crate::clients::{self, Client};
use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::products::{self, Product};
use crate::row::{Fields, read_all};
use crate::sql::Filter;

/// A service, who ordered it and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceContext {
    pub service: Service,
    pub client: Client,
    pub product: Product,
}

/// Each table's columns carry its letter, since they share names.
const SELECT: &str = "SELECT \
    s.id AS s_id, s.client_id AS s_client_id, s.product_id AS s_product_id, s.module AS s_module, \
    s.billing_status AS s_billing_status, s.provision_status AS s_provision_status, \
    s.status_message AS s_status_message, s.data AS s_data, s.sealed AS s_sealed, \
    s.created_at AS s_created_at, s.updated_at AS s_updated_at, \
    c.id AS c_id, c.email AS c_email, c.name AS c_name, c.phone AS c_phone, c.password_hash AS c_password_hash, \
    c.locale AS c_locale, c.currency AS c_currency, c.created_at AS c_created_at, \
    p.id AS p_id, p.slug AS p_slug, p.name AS p_name, p.description AS p_description, p.module AS p_module, \
    p.module_data AS p_module_data, p.hidden AS p_hidden, p.price_minor AS p_price_minor, \
    p.currency AS p_currency, p.stock AS p_stock, p.created_at AS p_created_at, p.updated_at AS p_updated_at \
    FROM services s JOIN clients c ON c.id = s.client_id JOIN products p ON p.id = s.product_id";

fn read(row: Fields<'_>) -> Result<ServiceContext> {
    Ok(ServiceContext {
        service: super::read(row.prefixed("s_"))?,
        client: clients::read(row.prefixed("c_"))?,
        product: products::read(row.prefixed("p_"))?,
    })
}

/// Newest first, or by `client` or `created_at`; searches the id, what the module stored, and the client's name and e-mail
/// address.
///
/// # Errors
/// Those of reading.
pub async fn page_contexts(
    conn: &mut Conn,
    filter: &ServiceFilter,
    query: &PageQuery,
) -> Result<Page<ServiceContext>> {
    const COUNT: &str = "SELECT COUNT(*) AS total FROM services s JOIN clients c ON c.id = s.client_id";
    let order = match query.order.as_deref() {
        Some("client") => " ORDER BY LOWER(c.name), s.id",
        Some("-client") => " ORDER BY LOWER(c.name) DESC, s.id DESC",
        Some("created_at") => " ORDER BY s.id",
        _ => " ORDER BY s.id DESC",
    };
    Filter::new()
        .and("s.client_id = ?", filter.client.map(|id| id.to_string()))
        .and("s.product_id = ?", filter.product.map(|id| id.to_string()))
        .and("s.module = ?", filter.module.as_ref().map(ToString::to_string))
        .and("s.provision_status = ?", filter.provision_status.map(ProvisionStatus::as_str))
        .search(
            "(s.id LIKE ? ESCAPE '!' OR LOWER(s.data) LIKE ? ESCAPE '!' OR LOWER(c.name) LIKE ? ESCAPE '!' \
              OR c.email LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, (COUNT, SELECT, order), query, read)
        .await
}

/// One service in its context.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn context_by_id(conn: &mut Conn, id: ServiceId) -> Result<ServiceContext> {
    let sql = Filter::new().and("s.id = ?", Some(id.to_string())).select(SELECT);
    read(Fields::new(&sql.query().fetch_one(&mut *conn).await?))
}

/// A module's services in their context, by id, those behind `after` only: give the last one's id to go on.
///
/// # Errors
/// Those of reading.
pub async fn contexts_of_module(
    conn: &mut Conn,
    module: &ModuleKey,
    status: Option<ProvisionStatus>,
    after: Option<ServiceId>,
    limit: u64,
) -> Result<Vec<ServiceContext>> {
    let rows = Filter::new()
        .and("s.module = ?", Some(module.to_string()))
        .and("s.provision_status = ?", status.map(ProvisionStatus::as_str))
        .and("s.id > ?", after.map(|id| id.to_string()))
        .rows(conn, (SELECT, " ORDER BY s.id"), 0, limit)
        .await?;
    read_all(&rows, read)
}

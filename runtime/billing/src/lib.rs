//! Clients, the catalogue, services, and the work that provisions them.
//!
//! Nothing here knows of HTTP or of wasmtime: pages and API call [`Billing`], guests act on it through the traits that
//! [`Ports`] implements, and [`worker`] runs what was queued.

mod before;
mod clients;
mod error;
mod gateways;
mod invoices;
mod notifications;
mod payments;
mod ports;
mod products;
mod services;
mod tasks;
pub mod webhooks;
pub mod worker;

use std::sync::Arc;

use caisson_registry::Registry;
use caisson_storage::Db;
use caisson_storage::tasks::TaskSignal;
use caisson_storage::vault::Vault;

pub use clients::{NewClient, phone};
pub use error::BillingError;
pub use gateways::{CameBack, Checkout};
pub use invoices::{InvoiceWithTransactions, NewInvoice};
pub use notifications::NotificationWithDeliveries;
pub use ports::Ports;
pub use products::NewProduct;
pub use services::{AdminRequest, Answered, NewService, Service, TabRequest};

pub type Result<T, E = BillingError> = std::result::Result<T, E>;

/// The panel's business.
pub struct Billing {
    db: Db,
    registry: Arc<Registry>,
    vault: Arc<Vault>,
    signal: TaskSignal,
    /// Where browsers and providers reach the panel, without a slash at the end.
    public_url: String,
}

impl Billing {
    #[must_use]
    pub fn new(
        db: Db,
        registry: Arc<Registry>,
        vault: Arc<Vault>,
        signal: TaskSignal,
        public_url: &str,
    ) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self { db, registry, vault, signal, public_url }
    }

    /// Where browsers and providers reach the panel, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }
}

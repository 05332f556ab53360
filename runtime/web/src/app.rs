//! What handlers share.

use std::sync::Arc;

use caisson_billing::Billing;
use caisson_registry::Registry;
use caisson_storage::Db;

/// Renders `/metrics`.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// The panel's state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made from.
pub struct Parts {
    pub billing: Arc<Billing>,
    pub metrics: Metrics,
    /// Where browsers reach the panel, without a slash at the end.
    pub public_url: String,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    #[must_use]
    pub fn billing(&self) -> &Arc<Billing> {
        &self.0.billing
    }

    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        self.0.billing.registry()
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        self.0.billing.db()
    }

    #[must_use]
    pub fn metrics(&self) -> String {
        (self.0.metrics)()
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }
}

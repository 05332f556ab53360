//! What handlers share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use caisson_billing::Billing;
use caisson_registry::{Active, Registry};
use caisson_storage::Db;
use caisson_types::{Secret, VersionId};
use subtle::ConstantTimeEq as _;

use crate::trials::Trials;
use crate::view::{ModuleViews, ViewError, Views};
use crate::webhooks::Throttle;

/// Renders `/metrics`.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// The panel's state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    /// Templates of the versions that serve, parsed once.
    module_views: Mutex<HashMap<VersionId, ModuleViews>>,
    webhooks: Throttle,
}

/// What an [`App`] is made from.
pub struct Parts {
    pub billing: Arc<Billing>,
    pub metrics: Metrics,
    pub views: Views,
    /// What whoever makes the first administrator must know.
    pub setup_code: Secret<String>,
    /// Plays modules' scenarios beside the panel.
    pub trials: Arc<dyn Trials>,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, module_views: Mutex::default(), webhooks: Throttle::default() }))
    }

    #[must_use]
    pub fn billing(&self) -> &Arc<Billing> {
        &self.0.parts.billing
    }

    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        self.0.parts.billing.registry()
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        self.0.parts.billing.db()
    }

    #[must_use]
    pub fn metrics(&self) -> String {
        (self.0.parts.metrics)()
    }

    /// Whether it is the code that the panel printed.
    pub(crate) fn is_setup_code(&self, given: &str) -> bool {
        self.0.parts.setup_code.expose().as_bytes().ct_eq(given.as_bytes()).into()
    }

    pub(crate) fn trials(&self) -> &dyn Trials {
        &*self.0.parts.trials
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        self.0.parts.billing.public_url()
    }

    /// Holds back who calls webhooks too often.
    pub(crate) fn webhooks(&self) -> &Throttle {
        &self.0.webhooks
    }

    #[must_use]
    pub fn views(&self) -> &Views {
        &self.0.parts.views
    }

    /// The templates of a module's version.
    ///
    /// # Errors
    /// A template that does not parse, which a checked package does not have.
    pub fn module_views(&self, active: &Active) -> Result<ModuleViews, ViewError> {
        let mut known = self.0.module_views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(views) = known.get(&active.id) {
            return Ok(views.clone());
        }
        let views = ModuleViews::new(self.views(), &active.pages.templates, active.pages.strings.clone())?;
        // Versions that no longer serve go when a new one comes.
        let serving: Vec<VersionId> = self.registry().all_active().iter().map(|active| active.id).collect();
        known.retain(|id, _| serving.contains(id));
        known.insert(active.id, views.clone());
        Ok(views)
    }
}

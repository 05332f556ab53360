//! The backend that makes WordPress sites in containers on Proxmox.
//!
//! Like the real one it wants a bearer key, JSON declared as JSON, and known fields only; it makes one site for a service, refuses what is
//! asked of suspended ones, counts domains and backups by the plan, checks where a domain points to, and says why as JSON or as a page.

mod routes;
mod site;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use site::Site;

use super::troubled::Troubled;

/// State that the routes and the test share.
#[derive(Default)]
struct Inner {
    sites: BTreeMap<String, Site>,
    /// How often a new site is still being made when its status is asked for.
    looks: u32,
    /// Why the next site cannot be made.
    breaks: Option<String>,
}

struct Shared {
    key: String,
    inner: Mutex<Inner>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. It stops when this is dropped.
pub struct ProxmoxWp {
    server: Troubled,
    shared: Arc<Shared>,
}

impl Deref for ProxmoxWp {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl ProxmoxWp {
    /// Starts on a free loopback port with a key of its own.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let key = uuid::Uuid::new_v4().simple().to_string();
        let shared = Arc::new(Shared { key, inner: Mutex::default() });
        let server = Troubled::start(routes::router(Arc::clone(&shared))).await?;
        Ok(Self { server, shared })
    }

    /// The key it wants as bearer.
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    pub fn sites(&self) -> Vec<Site> {
        self.shared.lock().sites.values().cloned().collect()
    }

    pub fn site(&self, service: &str) -> Option<Site> {
        self.shared.lock().sites.get(service).cloned()
    }

    /// New sites take so many looks at their status until they are there.
    pub fn take_time(&self, looks: u32) {
        self.shared.lock().looks = looks;
    }

    /// The next site cannot be made.
    pub fn break_next(&self, error: &str) {
        self.shared.lock().breaks = Some(error.to_owned());
    }
}

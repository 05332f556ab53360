//! A hosting provider's API: accounts that are created, suspended, changed and deleted over HTTP with JSON.
//!
//! It stands in for what the `cloud-service` module provisions against. Like a real one it wants a bearer key, JSON declared
//! as JSON, known fields only and an idempotency key on create; it answers 401, 404, 405, 409, 415 and 422 where a real one
//! does. [`Fault`]s make it fail the ways providers fail.

mod account;
mod control;
mod faults;
mod reply;
mod routes;
pub(super) mod server;
pub(super) mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use account::Account;
pub(super) use faults::strike;
pub use faults::{Fault, Rule};
pub use state::Seen;

use state::Shared;

/// A running server. It stops, and closes its connections, when this is dropped.
pub struct HostingApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl HostingApi {
    /// Starts on a free loopback port with a key of its own.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let key = uuid::Uuid::new_v4().simple().to_string();
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), &key).await
    }

    /// Starts on `listen`, to be called with `key`.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start_on(listen: SocketAddr, key: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("the hosting API cannot bind {listen}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(key));
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, server })
    }

    /// Serves the control port on `listen` until the future is dropped.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_control(&self, listen: SocketAddr) -> anyhow::Result<()> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("the control port cannot bind {listen}"))?;
        axum::serve(listener, control::router(Arc::clone(&self.shared))).await?;
        Ok(())
    }

    /// Where it listens, to be allowed by the panel's egress policy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base URL for the module's settings, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key it wants as bearer.
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// Adds a fault; the earliest rule that matches a request decides.
    pub fn arm(&self, rule: impl Into<Rule>) {
        self.shared.arm(rule.into());
    }

    /// Takes all faults away and lets held answers go.
    pub fn heal(&self) {
        self.shared.heal();
    }

    /// Lets the answers go that are held now.
    pub fn release(&self) {
        self.shared.release();
    }

    /// How many answers are held.
    pub fn held(&self) -> usize {
        self.shared.held()
    }

    /// All accounts, by username.
    pub fn accounts(&self) -> Vec<Account> {
        self.shared.accounts()
    }

    /// The account of that username.
    pub fn account(&self, username: &str) -> Option<Account> {
        self.shared.lock().accounts.get(username).cloned()
    }

    /// Sets what an account is reported to have used, in GB; false when there is no such account.
    pub fn set_usage(&self, username: &str, disk_gb: u64, bandwidth_gb: u64) -> bool {
        self.shared.set_usage(username, disk_gb, bandwidth_gb)
    }

    /// Every request that arrived, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.requests()
    }

    /// How many requests of `method` arrived whose path ends with `path_ends`.
    pub fn count(&self, method: &str, path_ends: &str) -> usize {
        let wanted = |seen: &&Seen| seen.method == method && seen.path.ends_with(path_ends);
        self.shared.requests().iter().filter(wanted).count()
    }
}

impl Drop for HostingApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

//! A hosting provider's API: accounts that are created, suspended, changed and deleted over HTTP with JSON.
//!
//! It stands in for what the `cloud-service` module provisions against. Like a real one it wants a bearer key, JSON declared
//! as JSON, known fields only and an idempotency key on create; it answers 401, 404, 405, 409, 415 and 422 where a real one
//! does.

mod account;
mod control;
mod reply;
mod routes;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;

pub use account::Account;

use super::troubled::Troubled;
use state::Shared;

/// A running server. It stops, and closes its connections, when the last handle of it is dropped.
#[derive(Clone)]
pub struct HostingApi {
    server: Arc<Troubled>,
    shared: Arc<Shared>,
}

impl Deref for HostingApi {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
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
        let shared = Arc::new(Shared::new(key));
        let server = Troubled::start_on(listen, routes::router(Arc::clone(&shared))).await?;
        Ok(Self { server: Arc::new(server), shared })
    }

    /// Serves the control port on `listen` until the future is dropped.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_control(&self, listen: SocketAddr) -> anyhow::Result<()> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("the control port cannot bind {listen}"))?;
        axum::serve(listener, control::router(self.clone())).await?;
        Ok(())
    }

    /// The key it wants as bearer.
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// All accounts, by username.
    pub fn accounts(&self) -> Vec<Account> {
        self.shared.lock().accounts.values().cloned().collect()
    }

    /// The account of that username.
    pub fn account(&self, username: &str) -> Option<Account> {
        self.shared.lock().accounts.get(username).cloned()
    }

    /// Sets what an account is reported to have used, in GB; false when there is no such account.
    pub fn set_usage(&self, username: &str, disk_gb: u64, bandwidth_gb: u64) -> bool {
        match self.shared.lock().accounts.get_mut(username) {
            Some(account) => {
                account.disk_used_gb = disk_gb;
                account.bandwidth_used_gb = bandwidth_gb;
                true
            }
            None => false,
        }
    }
}

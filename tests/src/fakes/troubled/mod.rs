//! A server on loopback that can be made to misbehave: what stand-ins have in common, whatever they stand in for. Each of them
//! dereferences to it.

mod fault;
mod rule;
mod server;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use fault::Fault;
pub use rule::Rule;
pub use state::Seen;

use state::State;

/// A running server. It stops, and closes its connections, when this is dropped.
pub struct Troubled {
    address: SocketAddr,
    router: Router,
    state: Arc<State>,
    /// None while its port is shut.
    server: Option<JoinHandle<()>>,
}

impl Troubled {
    /// Starts on a free loopback port.
    pub(super) async fn start(router: Router) -> anyhow::Result<Self> {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), router).await
    }

    pub(super) async fn start_on(listen: SocketAddr, router: Router) -> anyhow::Result<Self> {
        let listener = bind(listen).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new());
        let server = tokio::spawn(server::serve(listener, router.clone(), Arc::clone(&state)));
        Ok(Self { address, router, state, server: Some(server) })
    }

    /// Closes its port and its connections; what is armed and what was seen stays.
    pub(super) async fn shut(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            // Cancelled, which is what was asked for.
            let _ = server.await;
        }
    }

    /// Opens again where it was.
    pub(super) async fn open(&mut self) -> anyhow::Result<()> {
        let listener = bind(self.address).await?;
        let serving = server::serve(listener, self.router.clone(), Arc::clone(&self.state));
        self.server = Some(tokio::spawn(serving));
        Ok(())
    }

    /// Where it listens, to be allowed by the panel's egress policy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a fault; the earliest rule that matches a request decides.
    pub fn arm(&self, rule: impl Into<Rule>) {
        self.state.lock().rules.push(rule.into());
    }

    /// Takes all faults away and lets held answers go.
    pub fn heal(&self) {
        self.state.lock().rules.clear();
        self.state.release();
    }

    /// Lets the answers go that are held now.
    pub fn release(&self) {
        self.state.release();
    }

    /// How many answers are held.
    pub fn held(&self) -> usize {
        self.state.lock().held
    }

    /// Every request that arrived, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.state.lock().requests.clone()
    }

    /// Method and path of each of them.
    pub fn asked(&self) -> Vec<String> {
        let named = |seen: &Seen| format!("{} {}", seen.method, seen.path);
        self.state.lock().requests.iter().map(named).collect()
    }

    /// How many requests of `method` arrived whose path ends with `path_ends`.
    pub fn count(&self, method: &str, path_ends: &str) -> usize {
        let wanted = |seen: &&Seen| seen.method == method && seen.path.ends_with(path_ends);
        self.state.lock().requests.iter().filter(wanted).count()
    }
}

impl Drop for Troubled {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("the stand-in cannot bind {address}"))
}

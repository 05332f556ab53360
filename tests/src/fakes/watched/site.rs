//! A web site with one page, whatever it is asked for.

use std::net::SocketAddr;

use axum::Router;
use axum::response::Html;

use super::super::troubled::{Rule, Troubled};

/// A running site. It stops, and closes its connections, when this is dropped.
pub struct WatchedSite {
    server: Troubled,
}

impl WatchedSite {
    /// Opens on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let page = Html("<!doctype html><title>Shop</title><p>12 in stock</p>");
        Ok(Self { server: Troubled::start(Router::new().fallback(async move || page)).await? })
    }

    /// Opens again where it was.
    ///
    /// # Errors
    /// When its port was taken meanwhile.
    pub async fn open(&mut self) -> anyhow::Result<()> {
        self.server.open().await
    }

    /// Closes its port and its connections.
    pub async fn shut(&mut self) {
        self.server.shut().await;
    }

    /// Adds a fault; the earliest rule that matches a request decides.
    pub fn arm(&self, rule: impl Into<Rule>) {
        self.server.arm(rule.into());
    }

    /// Takes all faults away and lets held answers go.
    pub fn heal(&self) {
        self.server.heal();
    }

    /// How many answers are held.
    pub fn held(&self) -> usize {
        self.server.held()
    }

    /// Where it listens, to be allowed by the panel's egress policy.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Method and path of every request that arrived, oldest first.
    pub fn requests(&self) -> Vec<String> {
        self.server.asked()
    }
}

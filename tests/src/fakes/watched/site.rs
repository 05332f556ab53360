//! A web site with one page, whatever it is asked for.

use std::ops::Deref;

use axum::Router;
use axum::response::Html;

use super::super::troubled::Troubled;

/// A running site. It stops, and closes its connections, when this is dropped.
pub struct WatchedSite {
    server: Troubled,
}

impl Deref for WatchedSite {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
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
}

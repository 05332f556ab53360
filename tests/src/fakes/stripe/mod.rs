//! Stripe: Checkout Sessions, their payments, and refunds, as the `stripe` module meets them.
//!
//! Like the real one it wants its key as bearer and forms as forms, refuses parameters that it does not know, answers a request
//! under a known idempotency key with the first answer, and refuses the key with other parameters. What people do on its pages, and
//! banks behind them, is done by the test. Events are sent when the test says so: as often, as late and in what order it likes.

mod books;
mod event;
mod form;
mod routes;

use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::troubled::Troubled;

pub use event::WEBHOOK_SECRET;

use books::Books;
use routes::Api;

/// A running server. It stops, and closes its connections, when this is dropped.
pub struct Stripe {
    server: Troubled,
    api: Arc<Api>,
}

impl Deref for Stripe {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl Stripe {
    /// Starts on a free loopback port with a key of its own.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let key = format!("sk_test_{}", uuid::Uuid::new_v4().simple());
        let api = Arc::new(Api::new(key));
        let server = Troubled::start(routes::router(Arc::clone(&api))).await?;
        Ok(Self { server, api })
    }

    /// The key it wants as bearer.
    pub fn key(&self) -> &str {
        &self.api.key
    }

    /// Lets the test be the client, the bank or the account's owner.
    pub fn with<T>(&self, act: impl FnOnce(&mut Books) -> T) -> T {
        act(&mut self.api.lock())
    }

    /// The newest session's id; empty where none was opened.
    pub fn session(&self) -> String {
        self.with(|books| books.sessions.last().map(|session| session.id.clone())).unwrap_or_default()
    }

    /// An event about a session or a refund as it is now.
    pub fn event(&self, kind: &str, object: &str) -> Value {
        event::about(kind, self.with(|books| books.shown(object)))
    }

    /// Sends an event as Stripe does, signed at that time; gives the status and the text of the answer.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn deliver(&self, to: &str, event: &Value, at: u64) -> anyhow::Result<(u16, String)> {
        event::deliver(to, &event.to_string(), &event::sign(WEBHOOK_SECRET, at, &event.to_string())).await
    }

    /// Sends something with a signature header of the test's own.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn forge(&self, to: &str, body: &str, signature: &str) -> anyhow::Result<(u16, String)> {
        event::deliver(to, body, signature).await
    }
}

//! Slack's incoming webhooks: one secret address for each channel, which takes a message as JSON and answers a word.
//!
//! Like the real one it wants POST and JSON, refuses what is no message by its rules of blocks, and says what became of the channel.

mod payload;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use serde_json::Value;

use super::troubled::Troubled;

/// What became of the webhook's channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channel {
    #[default]
    Open,
    Archived,
    Gone,
    /// The workspace lets nobody post into it.
    Closed,
    /// The webhook was taken back.
    Revoked,
}

#[derive(Default)]
struct Inner {
    channel: Channel,
    posts: Vec<Value>,
}

type Store = Arc<Mutex<Inner>>;

/// A running server. It stops when this is dropped.
pub struct Slack {
    server: Troubled,
    store: Store,
    secret: String,
}

impl Deref for Slack {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl Slack {
    /// Starts on a free loopback port, with one channel whose webhook nobody can guess.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let secret = uuid::Uuid::new_v4().simple().to_string();
        let store = Store::default();
        let router = Router::new()
            .route("/services/{team}/{hook}/{secret}", post(take))
            .fallback(async || (StatusCode::NOT_FOUND, "no_service"))
            .with_state((Arc::clone(&store), secret.clone()));
        Ok(Self { server: Troubled::start(router).await?, store, secret })
    }

    /// The webhook's address.
    pub fn webhook(&self) -> String {
        format!("http://{}/services/T01/B01/{}", self.server.address(), self.secret)
    }

    /// What must not be seen anywhere.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn become_of_channel(&self, channel: Channel) {
        lock(&self.store).channel = channel;
    }

    /// What stands in the channel, oldest first.
    pub fn posts(&self) -> Vec<Value> {
        lock(&self.store).posts.clone()
    }
}

fn lock(store: &Store) -> MutexGuard<'_, Inner> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(
    State((store, secret)): State<(Store, String)>,
    Path((_team, _hook, given)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    if given != secret {
        return (StatusCode::FORBIDDEN, "invalid_token");
    }
    let mut inner = lock(&store);
    match inner.channel {
        Channel::Open => {}
        Channel::Archived => return (StatusCode::GONE, "channel_is_archived"),
        Channel::Gone => return (StatusCode::NOT_FOUND, "channel_not_found"),
        Channel::Closed => return (StatusCode::FORBIDDEN, "action_prohibited"),
        Channel::Revoked => return (StatusCode::NOT_FOUND, "no_service"),
    }
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if declared.is_none_or(|declared| !declared.starts_with("application/json")) {
        return (StatusCode::BAD_REQUEST, "invalid_payload");
    }
    match payload::read(&body) {
        Ok(message) => {
            inner.posts.push(message);
            (StatusCode::OK, "ok")
        }
        Err(word) => (StatusCode::BAD_REQUEST, word),
    }
}

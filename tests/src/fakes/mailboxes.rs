//! A provider of mailboxes: what the module that is written in every language provisions against.
//!
//! Like a real one it wants a bearer key, JSON declared as JSON and known fields only; it answers 401, 404, 409, 415 and 422
//! where a real one does.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::troubled::Troubled;

const KEY: &str = "mailboxes-key";

/// A mailbox as the provider has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub quota: i64,
    pub active: bool,
}

type Mailboxes = BTreeMap<String, Mailbox>;
type Store = Arc<Mutex<Mailboxes>>;

/// A running server. It stops when this is dropped.
pub struct MailboxApi {
    server: Troubled,
    store: Store,
}

impl Deref for MailboxApi {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl MailboxApi {
    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let store = Store::default();
        let router = Router::new()
            .route("/ping", get(async || "well"))
            .route("/mailboxes", post(create))
            .route("/mailboxes/{address}", patch(change).delete(remove))
            .layer(middleware::from_fn(check))
            .with_state(Arc::clone(&store));
        Ok(Self { server: Troubled::start(router).await?, store })
    }

    /// The key it wants as bearer.
    pub fn key(&self) -> &'static str {
        KEY
    }

    pub fn mailbox(&self, address: &str) -> Option<Mailbox> {
        lock(&self.store).get(address).copied()
    }

    /// A mailbox that somebody else made.
    pub fn put(&self, address: &str, quota: i64) {
        lock(&self.store).insert(address.to_owned(), Mailbox { quota, active: true });
    }

    pub fn remove(&self, address: &str) {
        lock(&self.store).remove(address);
    }
}

fn lock(store: &Store) -> MutexGuard<'_, Mailboxes> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn check(request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given == Some(&format!("Bearer {KEY}")) {
        return next.run(request).await;
    }
    refuse(StatusCode::UNAUTHORIZED, "The key is wrong.")
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    address: String,
    quota: i64,
}

async fn create(State(store): State<Store>, Json(new): Json<New>) -> Response {
    if !new.address.contains('@') || new.quota < 1 {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "The address or the quota is unusable.");
    }
    if new.address.starts_with("abuse@") {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "This address is reserved.");
    }
    let mut mailboxes = lock(&store);
    if mailboxes.contains_key(&new.address) {
        return refuse(StatusCode::CONFLICT, "The mailbox exists.");
    }
    mailboxes.insert(new.address, Mailbox { quota: new.quota, active: true });
    StatusCode::CREATED.into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    quota: Option<i64>,
    active: Option<bool>,
}

async fn change(
    State(store): State<Store>,
    Path(address): Path<String>,
    Json(change): Json<Change>,
) -> Response {
    let mut mailboxes = lock(&store);
    let Some(mailbox) = mailboxes.get_mut(&address) else {
        return refuse(StatusCode::NOT_FOUND, "There is no such mailbox.");
    };
    mailbox.quota = change.quota.unwrap_or(mailbox.quota);
    mailbox.active = change.active.unwrap_or(mailbox.active);
    StatusCode::NO_CONTENT.into_response()
}

async fn remove(State(store): State<Store>, Path(address): Path<String>) -> Response {
    match lock(&store).remove(&address) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => refuse(StatusCode::NOT_FOUND, "There is no such mailbox."),
    }
}

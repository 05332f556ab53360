//! What the server and its handle share: faults armed, requests seen, answers held.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::watch;

use super::fault::Fault;
use super::rule::{Rule, strike};

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Milliseconds since the server started.
    pub at_ms: u64,
    pub method: String,
    pub path: String,
    pub idempotency_key: Option<String>,
    /// The fault that struck it.
    pub fault: Fault,
    /// Absent while the answer is being held, and for good when there was none.
    pub status: Option<u16>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) rules: Vec<Rule>,
    pub(super) requests: Vec<Seen>,
    pub(super) held: usize,
}

pub(super) struct State {
    inner: Mutex<Inner>,
    released: watch::Sender<u64>,
    started: Instant,
}

impl State {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::default(), released: watch::Sender::new(0), started: Instant::now() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and says which fault strikes it; the number is for [`Self::answered`].
    pub(super) fn arrived(&self, method: &str, path: &str, key: Option<String>) -> (usize, Fault) {
        let mut inner = self.lock();
        let fault = strike(&mut inner.rules, method, path);
        inner.requests.push(Seen {
            at_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            idempotency_key: key,
            fault,
            status: None,
        });
        (inner.requests.len() - 1, fault)
    }

    pub(super) fn answered(&self, number: usize, status: u16) {
        if let Some(seen) = self.lock().requests.get_mut(number) {
            seen.status = Some(status);
        }
    }

    pub(super) fn refuses_connections(&self) -> bool {
        self.lock().rules.iter().any(Rule::refuses_connections)
    }

    /// Waits for the next release; the count goes down when the caller gives up, too.
    pub(super) async fn hold(&self) {
        struct Mark<'a>(&'a State);
        impl Drop for Mark<'_> {
            fn drop(&mut self) {
                self.0.lock().held -= 1;
            }
        }

        let mut released = self.released.subscribe();
        self.lock().held += 1;
        let _mark = Mark(self);
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = released.changed().await;
    }

    pub(super) fn release(&self) {
        self.released.send_modify(|count| *count += 1);
    }
}

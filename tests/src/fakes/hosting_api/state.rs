//! What the server remembers: accounts, answers kept for idempotency, requests seen, faults armed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use super::account::Account;
use super::faults::{Fault, Rule, strike};

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

/// The first answer to an idempotency key.
pub(super) struct Kept {
    pub(super) digest: [u8; 32],
    pub(super) answer: Value,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) created: u32,
    pub(super) kept: HashMap<String, Kept>,
    /// Single sign-on tokens that were not used yet, and whose they are.
    pub(super) sign_ons: HashMap<String, String>,
    requests: Vec<Seen>,
    rules: Vec<Rule>,
    held: HashSet<usize>,
}

/// State that the routes, the control port and the test share.
pub(in crate::fakes) struct Shared {
    pub(super) key: String,
    inner: Mutex<Inner>,
    released: watch::Sender<u64>,
    started: Instant,
}

impl Shared {
    pub(in crate::fakes) fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            inner: Mutex::default(),
            released: watch::Sender::new(0),
            started: Instant::now(),
        }
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

    /// Waits for the next release. The mark goes when the caller gives up, too.
    pub(super) async fn hold(&self, number: usize) {
        struct Mark<'a>(&'a Shared, usize);
        impl Drop for Mark<'_> {
            fn drop(&mut self) {
                self.0.lock().held.remove(&self.1);
            }
        }

        let mut released = self.released.subscribe();
        self.lock().held.insert(number);
        let _mark = Mark(self, number);
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = released.changed().await;
    }

    pub(in crate::fakes) fn release(&self) {
        self.released.send_modify(|count| *count += 1);
    }

    pub(in crate::fakes) fn held(&self) -> usize {
        self.lock().held.len()
    }

    pub(in crate::fakes) fn arm(&self, rule: Rule) {
        self.lock().rules.push(rule);
    }

    pub(in crate::fakes) fn heal(&self) {
        self.lock().rules.clear();
        self.release();
    }

    pub(super) fn accounts(&self) -> Vec<Account> {
        self.lock().accounts.values().cloned().collect()
    }

    pub(in crate::fakes) fn requests(&self) -> Vec<Seen> {
        self.lock().requests.clone()
    }

    /// Sets what an account is reported to have used; false when there is no such account.
    pub(super) fn set_usage(&self, username: &str, disk_gb: u64, bandwidth_gb: u64) -> bool {
        match self.lock().accounts.get_mut(username) {
            Some(account) => {
                account.disk_used_gb = disk_gb;
                account.bandwidth_used_gb = bandwidth_gb;
                true
            }
            None => false,
        }
    }
}

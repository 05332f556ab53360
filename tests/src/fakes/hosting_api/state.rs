//! What the provider remembers: accounts, and answers kept for idempotency.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::account::Account;

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
}

/// State that the routes and the test share.
pub(super) struct Shared {
    pub(super) key: String,
    inner: Mutex<Inner>,
}

impl Shared {
    pub(super) fn new(key: &str) -> Self {
        Self { key: key.to_owned(), inner: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

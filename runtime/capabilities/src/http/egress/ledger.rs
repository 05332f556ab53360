use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use caisson_types::manifest::GrantId;

use super::journal::Journal;

/// What the requests of one call cost on the network, which grants they went by, and what was said. Shared by all of them: some go
/// on beside the guest.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Book>);

#[derive(Debug, Default)]
struct Book {
    sent: AtomicU64,
    received: AtomicU64,
    grants: Mutex<Vec<(GrantId, u32)>>,
    journal: Journal,
}

impl Ledger {
    pub(crate) fn sent(&self, bytes: u64) {
        self.0.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.0.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// One use of a grant.
    pub(crate) fn used(&self, grant: &GrantId) {
        let mut grants = self.0.grants.lock().unwrap_or_else(PoisonError::into_inner);
        match grants.iter_mut().find(|(known, _)| known == grant) {
            Some((_, uses)) => *uses += 1,
            None => grants.push((grant.clone(), 1)),
        }
    }

    /// Bytes of headers and bodies that left, and that came.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        (self.0.sent.load(Ordering::Relaxed), self.0.received.load(Ordering::Relaxed))
    }

    /// The grants, and how often each was used.
    #[must_use]
    pub fn grants(&self) -> Vec<(GrantId, u32)> {
        self.0.grants.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

//! How long a call has been on a processor, and has held a transaction.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time on a processor: what was spent inside polls of the call's future, while nothing is awaited. And since when the call has
/// had a transaction open, for whoever watches it wait.
#[derive(Debug)]
pub struct CpuClock {
    origin: Instant,
    spent_ns: AtomicU64,
    /// Nanoseconds since `origin` when the poll that runs now began; `IDLE` between polls.
    polled_at_ns: AtomicU64,
    /// Nanoseconds since `origin` when the transaction that is open began; `IDLE` where none is.
    opened_at_ns: AtomicU64,
}

const IDLE: u64 = u64::MAX;

impl CpuClock {
    #[must_use]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
            spent_ns: AtomicU64::new(0),
            polled_at_ns: AtomicU64::new(IDLE),
            opened_at_ns: AtomicU64::new(IDLE),
        }
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(IDLE - 1)
    }

    /// A poll begins.
    pub fn enter(&self) {
        self.polled_at_ns.store(self.now_ns(), Ordering::Relaxed);
    }

    /// The poll is over.
    pub fn leave(&self) {
        let began = self.polled_at_ns.swap(IDLE, Ordering::Relaxed);
        if began != IDLE {
            self.spent_ns.fetch_add(self.now_ns().saturating_sub(began), Ordering::Relaxed);
        }
    }

    /// All polls so far, with the one that runs.
    #[must_use]
    pub fn spent(&self) -> Duration {
        let began = self.polled_at_ns.load(Ordering::Relaxed);
        let running = if began == IDLE { 0 } else { self.now_ns().saturating_sub(began) };
        Duration::from_nanos(self.spent_ns.load(Ordering::Relaxed) + running)
    }
}

impl CpuClock {
    /// Longest that a module may hold a transaction: on SQLite nobody else writes meanwhile.
    pub const TRANSACTION_MAX: Duration = Duration::from_secs(5);

    pub(crate) fn transaction(&self, open_for: Option<Duration>) {
        let since = open_for.map_or(IDLE, |open| {
            self.now_ns().saturating_sub(u64::try_from(open.as_nanos()).unwrap_or(u64::MAX))
        });
        self.opened_at_ns.store(since, Ordering::Relaxed);
    }

    /// Whether a transaction has been open for longer than it may.
    #[must_use]
    pub fn holds_too_long(&self) -> bool {
        let since = self.opened_at_ns.load(Ordering::Relaxed);
        since != IDLE && Duration::from_nanos(self.now_ns().saturating_sub(since)) > Self::TRANSACTION_MAX
    }
}

impl Default for CpuClock {
    fn default() -> Self {
        Self::new()
    }
}

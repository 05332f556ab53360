//! What all calls of a module used, summed in memory and written down every moment: an hour's totals cost a call a few additions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use caisson_capabilities::Finished;
use caisson_storage::usage::{self, Times, Totals};
use caisson_storage::{Conn, Db};
use caisson_types::Timestamp;
use caisson_types::manifest::GrantId;

/// What a call took.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) failed: bool,
}

/// Sums of one module since they were written down last.
#[derive(Default)]
pub(crate) struct Tally {
    calls: AtomicU64,
    failed: AtomicU64,
    wall_us: AtomicU64,
    cpu_us: AtomicU64,
    host_calls: AtomicU64,
    denied: AtomicU64,
    bytes_out: AtomicU64,
    bytes_in: AtomicU64,
    times: [AtomicU64; Times::BUCKETS],
    grants: Mutex<HashMap<GrantId, u64>>,
}

impl Tally {
    pub(crate) fn count(&self, finished: &Finished, spent: Spent) {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let wall_us = micros(spent.wall);
        let sums = [
            (&self.calls, 1),
            (&self.failed, u64::from(spent.failed)),
            (&self.wall_us, wall_us),
            (&self.cpu_us, micros(spent.cpu)),
            (&self.host_calls, finished.host_call_count),
            (&self.denied, finished.denied),
            (&self.bytes_out, finished.bytes_out),
            (&self.bytes_in, finished.bytes_in),
            (&self.times[Times::bucket(wall_us)], 1),
        ];
        for (sum, more) in sums.into_iter().filter(|(_, more)| *more > 0) {
            sum.fetch_add(more, Ordering::Relaxed);
        }
        let mut grants = finished.grants().peekable();
        if grants.peek().is_some() {
            let mut known = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
            for (grant, uses) in grants {
                match known.get_mut(grant) {
                    Some(sum) => *sum += u64::from(uses),
                    None => drop(known.insert(grant.clone(), u64::from(uses))),
                }
            }
        }
    }

    /// Takes the sums; none where there was no call.
    fn take(&self) -> Option<(Totals, HashMap<GrantId, u64>)> {
        let calls = self.calls.swap(0, Ordering::Relaxed);
        if calls == 0 {
            return None;
        }
        let take = |sum: &AtomicU64| sum.swap(0, Ordering::Relaxed);
        let totals = Totals {
            calls,
            failed: take(&self.failed),
            wall_us: take(&self.wall_us),
            cpu_us: take(&self.cpu_us),
            host_calls: take(&self.host_calls),
            denied: take(&self.denied),
            bytes_out: take(&self.bytes_out),
            bytes_in: take(&self.bytes_in),
            times: Times(std::array::from_fn(|bucket| take(&self.times[bucket]))),
        };
        Some((totals, std::mem::take(&mut *self.grants.lock().unwrap_or_else(PoisonError::into_inner))))
    }

    /// Puts back what could not be written.
    fn put_back(&self, totals: &Totals, grants: HashMap<GrantId, u64>) {
        let add = |sum: &AtomicU64, more: u64| {
            sum.fetch_add(more, Ordering::Relaxed);
        };
        add(&self.failed, totals.failed);
        add(&self.wall_us, totals.wall_us);
        add(&self.cpu_us, totals.cpu_us);
        add(&self.host_calls, totals.host_calls);
        add(&self.denied, totals.denied);
        add(&self.bytes_out, totals.bytes_out);
        add(&self.bytes_in, totals.bytes_in);
        self.times.iter().zip(totals.times.0).for_each(|(sum, more)| add(sum, more));
        let mut known = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        for (grant, uses) in grants {
            *known.entry(grant).or_default() += uses;
        }
        drop(known);
        add(&self.calls, totals.calls);
    }
}

/// The tallies of all modules, by key.
#[derive(Clone, Default)]
pub(crate) struct Tallies(Arc<Mutex<HashMap<String, Arc<Tally>>>>);

impl Tallies {
    /// The one of a module, whatever its version.
    pub(crate) fn of(&self, module: &str) -> Arc<Tally> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(module.to_owned()).or_default())
    }

    /// Writes down what was counted since.
    pub(crate) async fn store(&self, db: &Db) {
        let all: Vec<(String, Arc<Tally>)> = {
            let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().map(|(module, tally)| (module.clone(), Arc::clone(tally))).collect()
        };
        for (module, tally) in all {
            let Some((totals, grants)) = tally.take() else { continue };
            if let Err(error) = write(db, &module, &totals, &grants).await {
                tracing::error!(
                    module,
                    error = &error as &dyn std::error::Error,
                    "totals of calls could not be stored; they are kept for the next try"
                );
                tally.put_back(&totals, grants);
            }
        }
    }
}

async fn write(
    db: &Db,
    module: &str,
    totals: &Totals,
    grants: &HashMap<GrantId, u64>,
) -> caisson_storage::Result<()> {
    let now = Timestamp::now();
    let mut tx = db.begin().await?;
    let conn: &mut Conn = &mut tx;
    usage::add(conn, module, now, totals).await?;
    // In one order, so that processes that do the same never wait for each other in a circle.
    let mut grants: Vec<_> = grants.iter().collect();
    grants.sort_by_key(|(grant, _)| &grant.0);
    for (grant, uses) in grants {
        usage::used(conn, module, grant, *uses, now).await?;
    }
    tx.commit().await
}

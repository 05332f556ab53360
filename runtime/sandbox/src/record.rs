//! What calls leave behind, written to storage in batches by one task, off the path of the call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use caisson_capabilities::capture::Capture;
use caisson_capabilities::log::Entry as LogLine;
use caisson_capabilities::{CallContext, HostCall, Outcome};
use caisson_storage::usage::{self, Denial};
use caisson_storage::{Db, calls, captures, module_log};
use caisson_types::{ModuleKey, Timestamp, VersionId};
use tokio::sync::{mpsc, oneshot};

use crate::CallError;
use crate::call::Target;
use crate::tally::{Tallies, Tally};

/// One finished call.
#[derive(Debug)]
pub struct CallRecord {
    module: ModuleKey,
    version: VersionId,
    export: (&'static str, &'static str),
    at: Timestamp,
    context: CallContext,
    outcome: &'static str,
    message: Option<String>,
    wall: Duration,
    cpu: Duration,
    memory_bytes: usize,
    host_calls: Vec<HostCall>,
    host_call_count: u64,
    omitted: u64,
    denied: u64,
    bytes_out: u64,
    bytes_in: u64,
    grants: Vec<String>,
    log: Vec<LogLine>,
    /// What it takes to make it again, where it failed.
    capture: Option<Capture>,
}

impl CallRecord {
    /// `finished` without its secrets.
    pub(crate) fn new(
        target: Target<'_>,
        export: (&'static str, &'static str),
        finished: caisson_capabilities::Finished,
        (wall, cpu): (Duration, Duration),
        error: Option<&CallError>,
        capture: Option<Capture>,
    ) -> Self {
        let mut grants: Vec<String> = finished.grants().map(|(grant, _)| grant.0.clone()).collect();
        grants.sort();
        grants.dedup();
        Self {
            grants,
            module: target.behind.module.clone(),
            version: target.version,
            export,
            at: Timestamp::now().before(wall),
            context: finished.context,
            outcome: error.map_or("ok", CallError::word),
            message: error.map(ToString::to_string),
            wall,
            cpu,
            memory_bytes: finished.memory_bytes,
            host_calls: finished.host_calls,
            host_call_count: finished.host_call_count,
            omitted: finished.omitted,
            denied: finished.denied,
            bytes_out: finished.bytes_out,
            bytes_in: finished.bytes_in,
            log: finished.log,
            capture,
        }
    }
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct RecorderConfig {
    /// Successful calls kept a second; those that failed, logged or were denied something are always kept.
    pub samples_per_second: u64,
    /// Records waiting to be written; a full queue holds calls back rather than losing a log.
    pub queue: usize,
}

impl Default for RecorderConfig {
    fn default() -> Self {
        Self { samples_per_second: 50, queue: 1_024 }
    }
}

enum Message {
    Record(Box<CallRecord>),
    Flush(oneshot::Sender<()>),
}

/// Is shown every call that is recorded, after it was stored.
pub trait Watch: Send + Sync {
    /// The call, and the lines that the module logged in it. Must not wait.
    fn recorded(&self, call: &calls::Call, log: &[module_log::Entry]);
}

/// Takes records; cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Message>,
    sampler: Arc<Sampler>,
    tallies: Tallies,
}

impl Recorder {
    /// Starts the writer. It ends, with everything written, once the last recorder is dropped.
    #[must_use]
    pub fn start(db: Db, config: RecorderConfig, watch: Option<Arc<dyn Watch>>) -> Self {
        let (queue, records) = mpsc::channel(config.queue);
        let tallies = Tallies::default();
        tokio::spawn(Writer { db, watch, tallies: tallies.clone() }.run(records));
        Self { queue, sampler: Arc::new(Sampler::new(config.samples_per_second)), tallies }
    }

    /// Where all calls of a module are counted.
    pub(crate) fn tally(&self, module: &str) -> Arc<Tally> {
        self.tallies.of(module)
    }

    /// Whether another successful call is wanted in this second.
    pub(crate) fn wants_sample(&self) -> bool {
        self.sampler.take()
    }

    pub(crate) async fn record(&self, record: CallRecord) {
        if self.queue.send(Message::Record(Box::new(record))).await.is_err() {
            tracing::error!("the call recorder has stopped; a call's log is lost");
        }
    }

    /// Waits until everything recorded so far is stored.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Flush(done)).await.is_ok() {
            wait.await.ok();
        }
    }
}

/// A count that starts again every second.
struct Sampler {
    origin: Instant,
    per_second: u64,
    /// Second since the origin in the upper half, count in the lower.
    state: AtomicU64,
}

impl Sampler {
    fn new(per_second: u64) -> Self {
        Self { origin: Instant::now(), per_second, state: AtomicU64::new(0) }
    }

    fn take(&self) -> bool {
        let second = self.origin.elapsed().as_secs() & u64::from(u32::MAX);
        let state = self.state.load(Ordering::Relaxed);
        let count = if state >> 32 == second { state & u64::from(u32::MAX) } else { 0 };
        if count >= self.per_second {
            return false;
        }
        // A lost race costs a sample or gives one too many; neither matters.
        self.state.store((second << 32) | (count + 1), Ordering::Relaxed);
        true
    }
}

const BATCH: usize = 256;
/// How often totals are written down.
const TOTALS_EVERY: Duration = Duration::from_secs(1);

struct Writer {
    db: Db,
    watch: Option<Arc<dyn Watch>>,
    tallies: Tallies,
}

impl Writer {
    fn show(&self, stored: &Stored) {
        let Some(watch) = &self.watch else { return };
        let mut lines = stored.lines.as_slice();
        for call in &stored.calls {
            let of_others = |line: &module_log::Entry| line.call_id != Some(call.id);
            let (own, rest) = lines.split_at(lines.iter().position(of_others).unwrap_or(lines.len()));
            watch.recorded(call, own);
            lines = rest;
        }
    }

    async fn run(self, mut records: mpsc::Receiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut totals = tokio::time::interval(TOTALS_EVERY);
        totals.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let received = tokio::select! {
                received = records.recv_many(&mut batch, BATCH) => received,
                _ = totals.tick() => {
                    self.tallies.store(&self.db).await;
                    continue;
                }
            };
            let mut waiting = Vec::new();
            let mut stored = Vec::new();
            for message in batch.drain(..) {
                match message {
                    Message::Record(record) => stored.push(*record),
                    Message::Flush(done) => waiting.push(done),
                }
            }
            match store(&self.db, stored).await {
                Ok(stored) => self.show(&stored),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "calls could not be recorded");
                }
            }
            if received == 0 || !waiting.is_empty() {
                self.tallies.store(&self.db).await;
            }
            for done in waiting {
                done.send(()).ok();
            }
            if received == 0 {
                return;
            }
        }
    }
}

/// What was stored of a batch.
#[derive(Default)]
struct Stored {
    calls: Vec<calls::Call>,
    /// Of one call after the other.
    lines: Vec<module_log::Entry>,
}

async fn store(db: &Db, records: Vec<CallRecord>) -> caisson_storage::Result<Stored> {
    let Stored { calls: mut rows, mut lines } = Stored::default();
    if records.is_empty() {
        return Ok(Stored::default());
    }
    let mut tx = db.begin().await?;
    let mut denials = BTreeMap::new();
    let mut captured = BTreeSet::new();
    for mut record in records {
        let capture = record.capture.take();
        lines.extend(record.log.iter().map(|line| module_log::Entry {
            id: uuid::Uuid::now_v7(),
            module: record.module.clone(),
            at: line.at,
            level: line.level.as_str().to_owned(),
            action: line.action.clone(),
            request: line.request.clone(),
            response: line.response.clone(),
            call_id: Some(record.context.id),
            task_id: record.context.task,
            service_id: record.context.service,
        }));
        if record.denied > 0 {
            gather_denials(&record, &mut denials);
        }
        let row = call_row(record);
        calls::append(&mut tx, &row).await?;
        if let Some(capture) = capture {
            let capture = serde_json::to_value(&capture).unwrap_or_default();
            captures::append(&mut tx, row.id, &row.module, &capture).await?;
            captured.insert(row.module.clone());
        }
        rows.push(row);
    }
    module_log::append_many(&mut tx, &lines).await?;
    for module in captured {
        captures::trim(&mut tx, &module, CAPTURES).await?;
    }
    for ((module, _), denial) in denials {
        usage::denied(&mut tx, &module, &denial).await?;
    }
    tx.commit().await?;
    Ok(Stored { calls: rows, lines })
}

/// How many failed calls of one module can be made again: the newest.
const CAPTURES: u64 = 200;

/// Longest line that is kept of what was denied.
const LINE_MAX: usize = 300;

/// Sums what a call was denied, by module and line.
fn gather_denials(record: &CallRecord, denials: &mut BTreeMap<(String, String), Denial>) {
    let module = record.module.to_string();
    for call in record.host_calls.iter().filter(|call| call.outcome == Outcome::Denied) {
        let line: String = call.detail.as_deref().unwrap_or(&call.name).chars().take(LINE_MAX).collect();
        tracing::info!(module, call.id = %record.context.id, host_call = %call.name, grant = line, "host call denied");
        let denial = denials.entry((module.clone(), line.clone())).or_insert_with(|| Denial {
            line,
            denials: 0,
            last_at: record.at,
            last_call: record.context.id,
        });
        denial.denials += u64::from(call.times);
        (denial.last_at, denial.last_call) = (record.at, record.context.id);
    }
}

fn call_row(record: CallRecord) -> calls::Call {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    calls::Call {
        id: record.context.id,
        module: record.module,
        version: record.version,
        export: format!("{}.{}", record.export.0, record.export.1),
        at: record.at,
        outcome: record.outcome.to_owned(),
        message: record.message,
        wall_us: micros(record.wall),
        cpu_us: micros(record.cpu),
        memory_bytes: record.memory_bytes as u64,
        host_calls: serde_json::to_value(&record.host_calls).unwrap_or_default(),
        host_call_count: record.host_call_count,
        omitted: record.omitted,
        denied: record.denied,
        bytes_out: record.bytes_out,
        bytes_in: record.bytes_in,
        grants: record.grants,
        request_id: record.context.request,
        task_id: record.context.task,
        service_id: record.context.service,
    }
}

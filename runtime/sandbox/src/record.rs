//! What calls leave behind, written to storage in batches by one task, off the path of the call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use caisson_capabilities::log::Entry as LogLine;
use caisson_capabilities::{CallContext, HostCall};
use caisson_storage::{Db, calls, module_log};
use caisson_types::{ModuleKey, Timestamp, VersionId};
use tokio::sync::{mpsc, oneshot};

use crate::CallError;
use crate::call::Target;

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
    log: Vec<LogLine>,
}

impl CallRecord {
    pub(crate) fn new(
        target: Target<'_>,
        export: (&'static str, &'static str),
        finished: caisson_capabilities::Finished,
        wall: Duration,
        cpu: Duration,
        error: Option<&CallError>,
    ) -> Self {
        Self {
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
            log: finished.log,
        }
    }
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct RecorderConfig {
    /// Successful calls kept a second; failures, and calls that logged, are always kept.
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

/// Takes records; cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Message>,
    sampler: Arc<Sampler>,
}

impl Recorder {
    /// Starts the writer. It ends, with everything written, once the last recorder is dropped.
    #[must_use]
    pub fn start(db: Db, config: RecorderConfig) -> Self {
        let (queue, records) = mpsc::channel(config.queue);
        tokio::spawn(write(db, records));
        Self { queue, sampler: Arc::new(Sampler::new(config.samples_per_second)) }
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

async fn write(db: Db, mut records: mpsc::Receiver<Message>) {
    let mut batch = Vec::with_capacity(BATCH);
    while records.recv_many(&mut batch, BATCH).await > 0 {
        let mut waiting = Vec::new();
        let mut stored = Vec::new();
        for message in batch.drain(..) {
            match message {
                Message::Record(record) => stored.push(*record),
                Message::Flush(done) => waiting.push(done),
            }
        }
        if let Err(error) = store(&db, stored).await {
            tracing::error!(error = &error as &dyn std::error::Error, "calls could not be recorded");
        }
        for done in waiting {
            done.send(()).ok();
        }
    }
}

async fn store(db: &Db, records: Vec<CallRecord>) -> caisson_storage::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let mut lines = Vec::new();
    for record in records {
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
        calls::append(&mut tx, &call_row(record)).await?;
    }
    module_log::append_many(&mut tx, &lines).await?;
    tx.commit().await?;
    Ok(())
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
        task_id: record.context.task,
        service_id: record.context.service,
    }
}

//! The task store as a backend of `apalis` workers.
//!
//! `apalis` polls, limits how much runs at once, shuts down in order and reports; the table decides who gets what. The
//! handler is given a claimed [`Task`], renews its lease while it works ([`super::extend_lease`]) and writes how it
//! ended itself ([`super::complete`], [`super::fail`]), in one transaction with what follows from that. So nothing is
//! acknowledged here, and an error that a handler returns is only logged by `apalis`.
//!
//! ```no_run
//! # use caisson_storage::{Db, tasks::{Task, backend::{StoreConfig, TaskStore}}};
//! # async fn example(db: Db) -> Result<(), apalis_core::error::WorkerError> {
//! let config = StoreConfig::new("web-1");
//! let worker = apalis_core::worker::builder::WorkerBuilder::new(config.worker.as_str())
//!     .backend(TaskStore::new(db, config))
//!     .build(async |task: Task| println!("{}", task.method));
//! worker.run().await
//! # }
//! ```

mod persist;
mod wake;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::persistence::{Persisted, State};
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task as Job;
use apalis_core::worker::context::WorkerContext;
use tokio::sync::{Semaphore, watch};
use tower::layer::util::Stack;
use tower::limit::GlobalConcurrencyLimitLayer;
use uuid::Uuid;

use self::persist::TaskPersistence;
use self::wake::WakeLayer;
use super::Task;
use crate::db::Db;
use crate::error::StorageError;

/// How a process works on tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Owns the leases: no two processes may have the same, nor one process before and after a restart.
    pub worker: String,
    /// The queues to work on; none named means all.
    pub queues: Vec<String>,
    /// How many tasks may run at once. No more than that are ever claimed.
    pub concurrency: usize,
    /// How long a task stays a silent worker's. A third of it is a good time between renewals.
    pub lease: Duration,
    /// How often to look for tasks that other processes enqueued, or whose time has come.
    pub poll: Duration,
    /// How often to take back the tasks of workers that are gone.
    pub reap: Duration,
}

impl StoreConfig {
    /// Settings under which a lost worker's task runs again within 30 seconds, for a worker whose name begins with
    /// `name` and is unique.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            worker: format!("{name}:{}", Uuid::now_v7()),
            queues: Vec::new(),
            concurrency: 4,
            lease: Duration::from_secs(20),
            poll: Duration::from_millis(500),
            reap: Duration::from_secs(5),
        }
    }
}

/// A pause between two looks at the table.
type Rest = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The backend: give it to a `WorkerBuilder`.
pub struct TaskStore {
    persisted: Persisted<TaskPersistence>,
    /// The worker is polled whenever a running task makes progress. This keeps it from asking the database each time.
    rest: Option<Rest>,
    news: watch::Receiver<u64>,
}

impl TaskStore {
    #[must_use]
    pub fn new(db: Db, config: StoreConfig) -> Self {
        let news = db.signal().listen();
        let slots = Arc::new(Semaphore::new(config.concurrency));
        Self { persisted: Persisted::new(TaskPersistence { db, config, slots }), rest: None, news }
    }

    /// Ends with the next poll interval, or at once when something was enqueued since the last look.
    fn new_rest(&mut self) -> Rest {
        let mut news = self.news.clone();
        self.news.mark_unchanged();
        let poll = self.persisted.config.poll;
        Box::pin(async move {
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                // The sender lives in the Db, which lives in this store.
                _ = news.changed() => {}
            }
        })
    }
}

impl std::fmt::Debug for TaskStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskStore").field("config", &self.persisted.config).finish_non_exhaustive()
    }
}

impl Backend for TaskStore {
    type Task = Job<Task>;
    type Error = StorageError;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        let reap = self.persisted.config.reap;
        match self.persisted.state() {
            // A look at the table is under way; `poll_next` sees to it.
            State::Fetch(_) => Poll::Ready(Ok(())),
            _ => self.persisted.poll_ready(cx, worker, reap),
        }
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Self::Error>>> {
        loop {
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(cx));
                self.rest = None;
            }
            match self.persisted.poll_next(cx, worker) {
                // There was nothing to do.
                Poll::Pending if matches!(self.persisted.state(), State::Ready) => {
                    self.rest = Some(self.new_rest());
                }
                answer => return answer,
            }
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        // A claim that is under way may have been committed: see it to its end, so that its tasks are given back.
        if let State::Fetch(fetch) = self.persisted.state_mut() {
            let claimed = ready!(fetch.poll_unpin(cx)).unwrap_or_default();
            *self.persisted.state_mut() = State::Buffered(claimed.into());
        }
        self.persisted.poll_close(cx, worker)
    }
}

impl BackendConfig for TaskStore {
    type Args = Task;
    type Id = Uuid;
    /// In the words of `apalis`: what it emits needs no decoding.
    type Kind = Ephemeral;
    type Config = StoreConfig;
    type Layer = Stack<WakeLayer, GlobalConcurrencyLimitLayer>;

    fn config(&self) -> &Self::Config {
        &self.persisted.config
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        let slots = GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&self.persisted.slots));
        Stack::new(WakeLayer::new(self.persisted.db.signal().clone()), slots)
    }
}

//! An `apalis` worker on the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use apalis_core::error::WorkerError;
use apalis_core::task::data::Data;
use apalis_core::worker::builder::WorkerBuilder;
use caisson_storage::tasks::backend::{StoreConfig, TaskStore};
use caisson_storage::tasks::{self, Task};
use caisson_storage::testing::databases;
use caisson_storage::{Db, StorageError};
use caisson_types::{TaskStatus, Timestamp};
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::support::{eventually, task};

/// What the handler shares with its test.
#[derive(Clone)]
struct Work {
    db: Db,
    worker: String,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    /// A task ends when it gets a permit.
    gate: Arc<Semaphore>,
}

impl Work {
    fn new(db: &Db, config: &StoreConfig) -> Self {
        Self {
            db: db.clone(),
            worker: config.worker.clone(),
            running: Arc::default(),
            most: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }
}

async fn handle(task: Task, work: Data<Work>) -> Result<(), StorageError> {
    let running = work.running.fetch_add(1, Ordering::SeqCst) + 1;
    work.most.fetch_max(running, Ordering::SeqCst);
    if let Ok(permit) = work.gate.acquire().await {
        permit.forget();
    }
    work.running.fetch_sub(1, Ordering::SeqCst);
    let mut conn = work.db.conn().await?;
    assert!(tasks::complete(&mut conn, task.id, &work.worker, &json!("ran")).await?);
    Ok(())
}

/// A worker that runs.
struct Running {
    stop: oneshot::Sender<()>,
    /// The worker knows that it shall stop.
    seen: oneshot::Receiver<()>,
    end: JoinHandle<Result<(), WorkerError>>,
}

impl Running {
    async fn stop(self) {
        ended(self.ask_to_stop().await).await;
    }

    async fn ask_to_stop(self) -> JoinHandle<Result<(), WorkerError>> {
        self.stop.send(()).unwrap();
        self.seen.await.unwrap();
        self.end
    }
}

async fn ended(end: JoinHandle<Result<(), WorkerError>>) {
    tokio::time::timeout(Duration::from_secs(30), end).await.unwrap().unwrap().unwrap();
}

fn start(db: &Db, config: StoreConfig, work: &Work) -> Running {
    let ((stop, stopped), (saw, seen)) = (oneshot::channel::<()>(), oneshot::channel());
    let worker = WorkerBuilder::new(config.worker.as_str())
        .backend(TaskStore::new(db.clone(), config))
        .data(work.clone())
        .build(handle);
    let signal = async move {
        let _ = stopped.await;
        saw.send(()).ok();
        Ok::<(), WorkerError>(())
    };
    Running { stop, seen, end: tokio::spawn(worker.run_until(signal)) }
}

async fn count(db: &Db, status: TaskStatus) -> u64 {
    let stats = tasks::stats(&mut db.conn().await.unwrap()).await.unwrap();
    stats.counts.iter().filter(|count| count.status == status).map(|count| count.count).sum()
}

async fn enqueue(db: &Db, count: usize) {
    let mut tx = db.begin().await.unwrap();
    for _ in 0..count {
        tasks::enqueue(&mut tx, &task("product/a")).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.signal().notify();
}

#[tokio::test]
async fn a_worker_runs_four_at_a_time_and_claims_no_more() {
    for db in databases().await {
        let config = StoreConfig { concurrency: 4, ..StoreConfig::new("test") };
        let work = Work::new(&db, &config);
        enqueue(&db, 10).await;
        let worker = start(&db, config, &work);

        eventually("four tasks to run", async || work.running() == 4).await;
        assert_eq!(count(&db, TaskStatus::Running).await, 4, "{}: what cannot run is not claimed", db.name());
        assert_eq!(count(&db, TaskStatus::Pending).await, 6);
        work.gate.add_permits(10);
        eventually("all tasks to be done", async || count(&db, TaskStatus::Done).await == 10).await;
        assert_eq!(work.most.load(Ordering::SeqCst), 4, "{}", db.name());
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_notification_wakes_a_worker_that_rests() {
    for db in databases().await {
        // Without the notification this would take an hour.
        let config = StoreConfig { poll: Duration::from_secs(3_600), ..StoreConfig::new("test") };
        let work = Work::new(&db, &config);
        work.gate.add_permits(100);
        let worker = start(&db, config, &work);
        for number in 1..=3 {
            enqueue(&db, 1).await;
            eventually("the task to be done", async || count(&db, TaskStatus::Done).await == number).await;
        }
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_worker_finds_what_another_process_enqueued() {
    for db in databases().await {
        let config = StoreConfig { poll: Duration::from_millis(20), ..StoreConfig::new("test") };
        let work = Work::new(&db, &config);
        work.gate.add_permits(100);
        let worker = start(&db, config, &work);
        let other = Db::connect(db.url(), 2).await.unwrap();
        enqueue(&other, 2).await;
        eventually("the tasks to be done", async || count(&db, TaskStatus::Done).await == 2).await;
        worker.stop().await;
        other.close().await;
    }
}

#[tokio::test]
async fn a_lost_workers_task_runs_again() {
    let _case = caisson_threats::case(38, "a lost workers task runs again");
    for db in databases().await {
        enqueue(&db, 1).await;
        let mut conn = db.conn().await.unwrap();
        let lease = Duration::from_millis(50);
        let lost = tasks::claim(&mut conn, "gone", &[], 1, lease, Timestamp::now()).await.unwrap();
        drop(conn);

        let config = StoreConfig { reap: Duration::from_millis(20), ..StoreConfig::new("test") };
        let work = Work::new(&db, &config);
        work.gate.add_permits(1);
        let worker = start(&db, config, &work);
        eventually("the task to be done", async || count(&db, TaskStatus::Done).await == 1).await;
        let done = tasks::by_id(&mut db.conn().await.unwrap(), lost[0].id).await.unwrap();
        assert_eq!((done.lost, done.attempts, done.result), (1, 2, Some(json!("ran"))), "{}", db.name());
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_worker_that_stops_ends_what_it_began_and_takes_nothing_more() {
    for db in databases().await {
        let config = StoreConfig { concurrency: 2, ..StoreConfig::new("test") };
        let work = Work::new(&db, &config);
        enqueue(&db, 6).await;
        let worker = start(&db, config, &work);
        eventually("two tasks to run", async || work.running() == 2).await;
        let end = worker.ask_to_stop().await;
        // Enough for those that it must not take, so that they show as a count and not as a hang.
        work.gate.add_permits(6);
        ended(end).await;
        let left =
            [TaskStatus::Done, TaskStatus::Running, TaskStatus::Pending].map(|status| count(&db, status));
        assert_eq!(futures::future::join_all(left).await, [2, 0, 4], "{}", db.name());
    }
}

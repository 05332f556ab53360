//! What `apalis` asks of a store, answered by the table.

use std::sync::Arc;

use apalis_core::backend::persistence::{Persistence, TaskEvent};
use apalis_core::task::Task as Job;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId as JobId;
use apalis_core::worker::context::WorkerContext;
use caisson_types::Timestamp;
use tokio::sync::Semaphore;

use super::StoreConfig;
use crate::db::Db;
use crate::error::{Result, StorageError};
use crate::tasks::{self, Task};

#[derive(Clone, Debug)]
pub(super) struct TaskPersistence {
    pub(super) db: Db,
    pub(super) config: StoreConfig,
    /// A permit for each task that may run.
    pub(super) slots: Arc<Semaphore>,
}

impl TaskPersistence {
    async fn reap(&self) -> Result<()> {
        let mut conn = self.db.conn().await?;
        let lost = tasks::reap(&mut conn, Timestamp::now()).await?;
        drop(conn);
        if lost > 0 {
            tracing::warn!(lost, "took tasks back from workers that are gone");
            self.db.signal().notify();
        }
        Ok(())
    }

    async fn claim(&self) -> Result<Vec<Task>> {
        // The worker holds one free permit already while it asks for more.
        let free = self.slots.available_permits() + 1;
        let (config, now) = (&self.config, Timestamp::now());
        let mut conn = self.db.conn().await?;
        tasks::claim(&mut conn, &config.worker, &config.queues, free, config.lease, now).await
    }
}

impl Persistence for TaskPersistence {
    type Compact = Task;
    type Response = ();
    type Error = StorageError;

    async fn register(&mut self, _: &WorkerContext) -> Result<()> {
        self.reap().await
    }

    /// A failure here would end the worker, and a database that is away for a while must not.
    async fn heartbeat(&mut self, _: &WorkerContext) -> Result<()> {
        if let Err(error) = self.reap().await {
            tracing::error!(error = &error as &dyn std::error::Error, "lost tasks could not be taken back");
        }
        Ok(())
    }

    /// As with the heartbeat: whatever fails is tried again at the next poll.
    async fn fetch_next(&mut self, _: &WorkerContext) -> Result<Vec<Job<Task>>> {
        let claimed = self.claim().await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "tasks could not be claimed");
            Vec::new()
        });
        Ok(claimed
            .into_iter()
            .map(|task| {
                let id = JobId::String(task.id.to_string());
                TaskBuilder::new(task).task_id(id).build()
            })
            .collect())
    }

    async fn reenqueue_abandoned(&mut self, jobs: Vec<Job<Task>>, _: &WorkerContext) -> Result<u64> {
        let mut conn = self.db.conn().await?;
        let mut released = 0;
        for job in jobs {
            let (task, _) = job.take();
            released += u64::from(tasks::release(&mut conn, task.id, &self.config.worker).await?);
        }
        drop(conn);
        self.db.signal().notify();
        Ok(released)
    }

    /// Nothing reports events: the handler writes how its task ended.
    async fn handle_events(&mut self, _: Vec<TaskEvent<()>>, _: &WorkerContext) -> Result<()> {
        Ok(())
    }

    async fn push_tasks(&mut self, _: Vec<Job<Task>>) -> Result<()> {
        Err(StorageError::other(
            "tasks are added with tasks::enqueue, in the transaction that they belong to",
        ))
    }
}

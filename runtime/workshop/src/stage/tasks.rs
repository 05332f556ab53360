//! The queue of a stage, worked on while it is looked at.

use std::time::Duration;

use caisson_billing::worker::WorkerConfig;
use caisson_storage::page::PageQuery;
use caisson_storage::tasks::{self, TaskFilter};
use caisson_types::{TaskStatus, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::{Result, Stage};

/// A task that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    pub method: String,
    /// `pending` where it waits for another try.
    pub status: TaskStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it answered, once it was done.
    #[serde(skip)]
    pub result: Option<Value>,
    /// How often the sandbox ended it.
    #[serde(skip)]
    pub crashes: u32,
}

/// Most tasks that one scenario leads to: events may go round in circles.
const MAX: usize = 200;

impl Stage {
    /// Runs what is due until nothing is; what failed and is to be tried again later is left to wait.
    pub(crate) async fn work(&self) -> Result<()> {
        let config = WorkerConfig { name: "workshop".to_owned(), lease: Duration::from_secs(3_600) };
        for _ in 0..MAX {
            let mut conn = self.db.conn().await?;
            let claimed =
                tasks::claim(&mut conn, &config.name, &[], 1, config.lease, Timestamp::now()).await?;
            drop(conn);
            let Some(task) = claimed.into_iter().next() else { break };
            self.billing.run_task(&config, task).await?;
        }
        Ok(())
    }

    /// Every task, in the order in which they were queued.
    pub(crate) async fn tasks(&self) -> Result<Vec<Ended>> {
        let mut conn = self.db.conn().await?;
        let filter = TaskFilter { module: Some(self.key.clone()), ..TaskFilter::default() };
        let page = tasks::page(&mut conn, &filter, &PageQuery::first(MAX as u64)).await?;
        let mut ended: Vec<Ended> = page
            .items
            .into_iter()
            .map(|task| Ended {
                method: task.method,
                status: task.status,
                error: task.last_error,
                result: task.result,
                crashes: task.exceptions,
            })
            .collect();
        ended.reverse();
        Ok(ended)
    }
}

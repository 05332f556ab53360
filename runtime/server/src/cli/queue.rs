use anyhow::bail;
use caisson_storage::page::PageQuery;
use caisson_storage::tasks::{self, Task, TaskFilter};
use caisson_storage::{StorageError, audit};
use caisson_types::{ModuleKey, TaskId, TaskStatus};
use clap::Subcommand;

use super::print_list;
use crate::config::Config;
use crate::parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List tasks, newest first.
    List {
        #[arg(long)]
        status: Option<TaskStatus>,
        #[arg(long)]
        module: Option<ModuleKey>,
        #[arg(long)]
        json: bool,
    },
    /// List tasks that failed.
    Failed {
        #[arg(long)]
        json: bool,
    },
    /// Run a failed or cancelled task again.
    Retry { id: TaskId },
    /// Delete failed tasks.
    Flush {
        #[arg(long)]
        module: Option<ModuleKey>,
    },
    /// How many tasks there are, by queue and status.
    Stats {
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let db = parts::database(config).await?;
    match command {
        Command::List { status, module, json } => {
            list(&db, TaskFilter { status, module, ..TaskFilter::default() }, json).await?
        }
        Command::Failed { json } => {
            list(&db, TaskFilter { status: Some(TaskStatus::Failed), ..TaskFilter::default() }, json).await?
        }
        Command::Retry { id } => {
            let mut tx = db.begin().await?;
            match tasks::retry(&mut tx, id).await {
                Ok(true) => {}
                Ok(false) => {
                    bail!("task {id} has not failed and was not cancelled, so there is nothing to retry")
                }
                Err(StorageError::Missing) => bail!("there is no task {id}; see 'caisson queue list'"),
                Err(error) => return Err(error.into()),
            }
            audit::append(&mut tx, "command line", "task.retry", &id.to_string(), &serde_json::json!({}))
                .await?;
            tx.commit().await?;
            println!("Task {id} waits to run again.");
        }
        Command::Flush { module } => {
            let mut tx = db.begin().await?;
            let gone = tasks::flush_failed(&mut tx, module.as_ref()).await?;
            audit::append(
                &mut tx,
                "command line",
                "task.flush",
                "failed",
                &serde_json::json!({ "count": gone }),
            )
            .await?;
            tx.commit().await?;
            println!("{gone} failed tasks are deleted.");
        }
        Command::Stats { json } => {
            let stats = tasks::stats(&mut *db.conn().await?).await?;
            let counts: Vec<_> =
                stats.counts.iter().map(|count| (count.queue.clone(), count.status, count.count)).collect();
            print_list(
                json,
                &counts,
                |(queue, status, count)| format!("{queue:<16} {:<10} {count}", status.as_str()),
                "The queue is empty.",
            )?;
        }
    }
    db.close().await;
    Ok(())
}

async fn list(db: &caisson_storage::Db, filter: TaskFilter, json: bool) -> anyhow::Result<()> {
    let mut conn = db.conn().await?;
    let page = tasks::page(&mut conn, &filter, &PageQuery::default()).await?;
    let line = |task: &Task| {
        let error = task.last_error.as_deref().unwrap_or_default();
        format!(
            "{}  {:<10} {:<28} {:<20} {}/{}  {error}",
            task.id,
            task.status.as_str(),
            task.module,
            task.method,
            task.attempts,
            task.tries
        )
    };
    print_list(json, &page.items, line, "No task is there.")
}

//! Takes away what was kept for long enough.

use std::time::Duration;

use caisson_storage::{Db, calls, module_log, tasks, throttle, usage, webhooks};
use caisson_types::Timestamp;

use crate::config::Inspector;

const EVERY: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Totals by the hour are a few rows a day and module, and worth comparing over months; so is what was denied. A callback of a gateway
/// has no second effect as long as it is known, and not every scheme says when it was signed.
const LONG_DAYS: u32 = 400;
/// Attempts to sign in count for minutes.
const ATTEMPTS_DAYS: u32 = 1;

/// How much an administrator keeps.
pub(crate) struct Keep {
    pub(crate) inspector: Inspector,
    /// Days that tasks are kept once they are done or cancelled.
    pub(crate) tasks_days: u32,
}

/// What went.
#[derive(Debug, PartialEq, Eq)]
struct Gone {
    calls: u64,
    lines: u64,
    tasks: u64,
}

/// Tidies up now and every few minutes. Any number of processes may do it.
pub(crate) async fn regularly(db: Db, keep: Keep) {
    let mut interval = tokio::time::interval(EVERY);
    loop {
        interval.tick().await;
        match tidy(&db, &keep).await {
            Ok(Gone { calls: 0, lines: 0, tasks: 0 }) => {}
            Ok(Gone { calls, lines, tasks }) => {
                tracing::info!(calls, lines, tasks, "old calls, log lines and tasks were deleted");
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what is old could not be deleted");
            }
        }
    }
}

async fn tidy(db: &Db, keep: &Keep) -> caisson_storage::Result<Gone> {
    let now = Timestamp::now();
    let (before, long_ago) = (now.before(DAY * keep.inspector.keep_days), now.before(DAY * LONG_DAYS));
    let mut conn = db.conn().await?;
    let gone = Gone {
        calls: calls::purge(&mut conn, before, keep.inspector.keep_calls).await?,
        lines: module_log::purge(&mut conn, before, keep.inspector.keep_log_lines).await?,
        tasks: tasks::purge(&mut conn, now.before(DAY * keep.tasks_days)).await?,
    };
    usage::purge(&mut conn, long_ago).await?;
    usage::purge_denials(&mut conn, long_ago).await?;
    webhooks::purge(&mut conn, long_ago).await?;
    throttle::purge(&mut conn, now.before(DAY * ATTEMPTS_DAYS)).await?;
    Ok(gone)
}

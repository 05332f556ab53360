//! Takes away what was kept of calls for long enough.

use std::time::Duration;

use caisson_storage::{Db, calls, module_log, usage};
use caisson_types::Timestamp;

use crate::config::Inspector;

const EVERY: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Totals by the hour are a few rows a day and module, and worth comparing over months; so is what was denied.
const TOTALS_DAYS: u32 = 400;

/// Tidies up now and every few minutes. Any number of processes may do it.
pub(crate) async fn regularly(db: Db, keep: Inspector) {
    let mut interval = tokio::time::interval(EVERY);
    loop {
        interval.tick().await;
        match tidy(&db, &keep).await {
            Ok((0, 0)) => {}
            Ok((calls, lines)) => tracing::info!(calls, lines, "old calls and log lines were deleted"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "old calls could not be deleted");
            }
        }
    }
}

async fn tidy(db: &Db, keep: &Inspector) -> caisson_storage::Result<(u64, u64)> {
    let now = Timestamp::now();
    let before = now.before(DAY * keep.keep_days);
    let mut conn = db.conn().await?;
    let gone = calls::purge(&mut conn, before, keep.keep_calls).await?;
    let lines = module_log::purge(&mut conn, before, keep.keep_log_lines).await?;
    usage::purge(&mut conn, now.before(DAY * TOTALS_DAYS)).await?;
    usage::purge_denials(&mut conn, now.before(DAY * TOTALS_DAYS)).await?;
    Ok((gone, lines))
}

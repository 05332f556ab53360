//! Waiting for something to become true, instead of sleeping and hoping.

use std::time::{Duration, Instant};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks `check` until it gives something, or `deadline` has passed since the call.
///
/// # Errors
/// Names `what` was waited for when the deadline has passed.
pub async fn until<T>(
    deadline: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = check().await {
            return Ok(found);
        }
        anyhow::ensure!(start.elapsed() < deadline, "waited {deadline:?} in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same for callers outside a runtime.
pub(super) fn until_blocking<T>(
    deadline: Duration,
    what: &str,
    mut check: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = check()? {
            return Ok(found);
        }
        anyhow::ensure!(start.elapsed() < deadline, "waited {deadline:?} in vain for {what}");
        std::thread::sleep(PAUSE);
    }
}

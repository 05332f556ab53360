//! Wakes this process's workers as soon as there is something to do, instead of at their next poll.

use std::sync::Arc;

use tokio::sync::watch;

/// Shared by whoever enqueues and whoever works. Workers of other processes find new tasks at their next poll.
#[derive(Clone, Debug)]
pub struct TaskSignal(Arc<watch::Sender<u64>>);

impl TaskSignal {
    /// Call it after the commit: a worker that is woken before it finds nothing.
    pub fn notify(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Sees every notification from now on, also one that came while nobody was waiting.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

impl Default for TaskSignal {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

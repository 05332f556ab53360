//! Which request to the panel a call serves.
//!
//! The id belongs to the request's own future and is gone with it; it is read once, where a call's context is made. So it need not
//! be a parameter of everything between the two, which has no other use for it.

use uuid::Uuid;

tokio::task_local! {
    static REQUEST: Uuid;
}

/// Runs `work` as part of the request.
pub fn within<F: Future>(id: Uuid, work: F) -> impl Future<Output = F::Output> {
    REQUEST.scope(id, work)
}

/// The request that is being served here.
#[must_use]
pub fn current() -> Option<Uuid> {
    REQUEST.try_with(|id| *id).ok()
}

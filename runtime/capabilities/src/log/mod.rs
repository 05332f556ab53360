//! The module's log. Needs no grant: a module may always say what it does. Bounded by the call's log budget, redacted when
//! the call is over, written in one batch.

mod host;

pub use caisson_types::Timestamp;

pub(crate) use host::clip;

pub use crate::bindings::caisson::module::log::Level;

/// One entry, not yet stored.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Timestamp,
    pub level: Level,
    pub action: String,
    pub request: String,
    pub response: String,
}

impl Level {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

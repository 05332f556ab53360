//! Interfaces of the contract that this host links and does not offer yet: every function answers so, in its own type.

mod host;

/// What a guest is told.
pub(crate) const NOT_OFFERED: &str = "This host does not offer this yet.";

//! What authors of modules work with. Nothing of it runs in a panel that serves.

pub mod check;
pub mod conformance;
pub mod new;
pub mod replay;
pub mod scenario;
pub mod stage;
pub mod workbench;

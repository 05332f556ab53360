//! Words every layer shares: ids, money, secrets, the manifest, problems. No I/O.
//!
//! A value that has one of these types has been parsed; nobody below checks it again.

pub mod budget;
pub mod cron;
pub mod event;
pub mod id;
pub mod manifest;
pub mod money;
pub mod phone;
pub mod problem;
pub mod secret;
pub mod status;
pub mod time;

pub use budget::{Budget, Budgets};
pub use cron::Cron;
pub use event::PanelEvent;
pub use id::*;
pub use manifest::{Manifest, ModuleType};
pub use money::Money;
pub use phone::Phone;
pub use problem::{FieldError, Problem};
pub use secret::Secret;
pub use status::{BillingStatus, InvoiceStatus, ModuleStatus, ProvisionStatus, TaskStatus, Verb};
pub use time::Timestamp;

/// The version of `caisson:module` that this host serves.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// The component's custom section that states the contract version it was built against.
pub const CONTRACT_SECTION: &str = "caisson:contract";

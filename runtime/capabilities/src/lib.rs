//! Host functions: what a guest can do besides computing.
//!
//! One folder per WIT interface, always the same shape: `mod.rs` says why it exists and what grant it needs, `host.rs`
//! implements the generated trait on [`CallState`]. Every host function counts itself against the call's budget, checks its
//! grant, acts, and leaves an entry on the call's trace. What has to act on billing goes through a trait of [`ports`].

mod bindings;
pub mod cache;
pub mod capture;
pub mod config;
mod cpu_clock;
pub mod crypto;
pub mod database;
pub mod events;
mod finished;
mod grants;
mod guard;
pub mod http;
pub mod i18n;
mod limits;
mod linker;
pub mod log;
pub mod mail;
mod meter;
pub mod notifications;
pub mod payments;
mod places;
pub mod ports;
pub mod probe;
mod redact;
pub mod request;
pub mod services;
mod settings;
mod spoken;
mod state;
pub mod tasks;
#[cfg(test)]
mod testing;
mod trace;
pub mod validation;
mod wasi;

pub use cpu_clock::CpuClock;
pub use finished::Finished;
pub use grants::{Granted, Key};
pub use linker::{Interface, add_to_linker};
pub use meter::{Exhausted, Limit, Meter};
pub use places::{PlaceRule, PlaceRules};
pub use redact::{Redactor, secrets_in};
pub use settings::Settings;
pub use state::{Behind, CallContext, CallSetup, CallState, Host};
pub use trace::{HostCall, Outcome, Trace};

/// The contract's types and exports as the host sees them.
pub mod contract {
    pub use crate::bindings::caisson::module::{payments, types};
    pub use crate::bindings::exports::caisson::module as exports;
}

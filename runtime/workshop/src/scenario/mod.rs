//! Scenarios: what a module is given, what is asked of it, and what must come of that, in the real sandbox.
//!
//! A file holds several, with what they are all given written once. See `runtime/docs/scenarios.md`.

mod call;
mod compare;
mod exchange;
mod file;
mod gateway;
mod given;
mod observed;
mod record;
mod run;
#[cfg(test)]
mod tests;
mod told;
mod when;

pub use compare::Difference;
pub use exchange::{Answer, Body, Exchange, Failing, Played, Probe, Request};
pub use file::{File, FileError, Scenario, Service, Then, find, unpack};
pub use given::{Client, Given, GivenInvoice, Setting};
pub use observed::{CallSeen, InvoiceSeen, Observed, Outcome, ServiceSeen};
pub use record::write as write_recording;
pub(crate) use run::Rehearsal;
pub use run::{Report, play, run};
pub use told::{Told, tell};
pub use when::When;

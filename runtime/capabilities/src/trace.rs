//! What a call did, host call by host call: the inspector's timeline.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How a host call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Ok,
    Denied,
    Error,
}

impl Outcome {
    pub(crate) fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Ok } else { Self::Error }
    }
}

/// One host call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostCall {
    /// `interface.function`.
    pub name: std::borrow::Cow<'static, str>,
    /// Microseconds since the call began.
    pub at_us: u64,
    pub took_us: u64,
    pub outcome: Outcome,
    /// What it was about, without secrets: an URL without its query, the grant that was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Collects host calls; past a bound it only counts them.
#[derive(Debug)]
pub struct Trace {
    began: Instant,
    calls: Vec<HostCall>,
    omitted: u64,
}

/// How many host calls one trace keeps.
const KEPT: usize = 200;

impl Trace {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), calls: Vec::new(), omitted: 0 }
    }

    pub(crate) fn record(
        &mut self,
        name: &'static str,
        since: Instant,
        outcome: Outcome,
        detail: Option<String>,
    ) {
        self.record_ended(name, since, since.elapsed(), outcome, detail);
    }

    /// For what ended earlier than now.
    pub(crate) fn record_ended(
        &mut self,
        name: &'static str,
        since: Instant,
        took: Duration,
        outcome: Outcome,
        detail: Option<String>,
    ) {
        if self.calls.len() >= KEPT {
            self.omitted += 1;
            return;
        }
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.calls.push(HostCall {
            name: name.into(),
            at_us: micros(since.duration_since(self.began)),
            took_us: micros(took),
            outcome,
            detail,
        });
    }

    #[must_use]
    pub fn began(&self) -> Instant {
        self.began
    }

    /// The host calls kept, and how many were left out.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<HostCall>, u64) {
        // Requests that went on beside the guest are recorded last, wherever they began.
        self.calls.sort_by_key(|call| call.at_us);
        (self.calls, self.omitted)
    }
}

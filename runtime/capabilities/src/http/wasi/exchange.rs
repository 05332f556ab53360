//! What becomes of a call's requests, for its trace: they end by themselves, while the guest does something else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::trace::Outcome;

/// Name on the trace.
pub(super) const NAME: &str = "wasi:http.handle";

/// The requests of one call.
#[derive(Default)]
pub(crate) struct Exchanges(Vec<Exchange>);

/// One request; shared by the call and by the task that sends it.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Mutex<State>>);

struct State {
    since: Instant,
    took: Option<Duration>,
    outcome: Outcome,
    about: String,
    /// The grant that was missing, the answer's status, or what went wrong.
    end: Option<String>,
}

impl Exchanges {
    pub(super) fn begin(&mut self, since: Instant, about: String) -> Exchange {
        let state = State { since, took: None, outcome: Outcome::Error, about, end: None };
        let exchange = Exchange(Arc::new(Mutex::new(state)));
        self.0.push(exchange.clone());
        exchange
    }

    /// What the trace keeps of each: name, beginning, duration, outcome and detail.
    pub(crate) fn ended(
        &self,
    ) -> impl Iterator<Item = (&'static str, Instant, Duration, Outcome, Option<String>)> + '_ {
        self.0.iter().map(|exchange| {
            let state = exchange.0.lock().unwrap_or_else(PoisonError::into_inner);
            let end = state.end.as_deref().unwrap_or("not answered before the call was over");
            let detail = match state.outcome {
                Outcome::Denied => end.to_owned(),
                _ => format!("{} -> {end}", state.about),
            };
            let took = state.took.unwrap_or_else(|| state.since.elapsed());
            (NAME, state.since, took, state.outcome, Some(detail))
        })
    }
}

impl Exchange {
    pub(super) fn answered(&self, status: u16) {
        self.end(Outcome::Ok, status.to_string());
    }

    pub(super) fn denied(&self, grant: String) {
        self.end(Outcome::Denied, grant);
    }

    pub(super) fn failed(&self, reason: String) {
        self.end(Outcome::Error, reason);
    }

    fn end(&self, outcome: Outcome, end: String) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.took = Some(state.since.elapsed());
        (state.outcome, state.end) = (outcome, Some(end));
    }
}

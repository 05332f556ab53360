//! What a call did, host call by host call: the inspector's timeline.

use std::borrow::Cow;
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

/// One host call, or several of one kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostCall {
    /// `interface.function`.
    pub name: Cow<'static, str>,
    /// Microseconds since the call began.
    pub at_us: u64,
    /// Of all together, where it stands for several.
    pub took_us: u64,
    pub outcome: Outcome,
    /// What it was about, without secrets: an URL without its query, the grant that was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How many host calls it stands for.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls it with")]
fn is_once(times: &u32) -> bool {
    *times == 1
}

/// Collects host calls. Of one kind the first few have entries of their own, and the others share one; past a bound the trace only
/// counts.
#[derive(Debug)]
pub struct Trace {
    began: Instant,
    calls: Vec<HostCall>,
    /// One for each kind of host call, once there are more calls than one kind may have entries.
    kinds: Vec<Kind>,
    /// The kind of the last call: a flood is of one kind, and must cost little.
    last: usize,
    omitted: u64,
    denied: u64,
}

/// Host calls of one name that ended in one way.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    outcome: Outcome,
    /// Of a denial also what was missing: each such line is of interest.
    line: Option<String>,
    entries: usize,
    /// The entry that the rest share.
    shared: Option<usize>,
}

/// How many entries one trace keeps.
const KEPT: usize = 200;
/// How many of one kind stand by themselves.
const APART: usize = 32;

impl Trace {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), calls: Vec::new(), kinds: Vec::new(), last: 0, omitted: 0, denied: 0 }
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
        self.denied += u64::from(outcome == Outcome::Denied);
        if outcome != Outcome::Denied
            && let Some(Kind { name: last, outcome: ended, shared: Some(shared), .. }) =
                self.kinds.get(self.last)
            && std::ptr::eq(*last, name)
            && *ended == outcome
        {
            self.calls[*shared].again(took);
            return;
        }
        let call = HostCall {
            name: Cow::Borrowed(name),
            at_us: micros(since.saturating_duration_since(self.began)),
            took_us: micros(took),
            outcome,
            detail,
            times: 1,
        };
        // Nearly every call ends here: few enough that no kind can have too many.
        if self.calls.len() < APART {
            self.calls.push(call);
            return;
        }
        let kind = self.kind(name, &call);
        self.last = kind;
        let (entries, shared) = (self.kinds[kind].entries, self.kinds[kind].shared);
        if let Some(shared) = shared {
            self.calls[shared].again(took);
        } else if self.calls.len() < KEPT {
            self.kinds[kind].entries += 1;
            self.kinds[kind].shared = (entries >= APART).then_some(self.calls.len());
            self.calls.push(call);
        } else {
            self.omitted += 1;
        }
    }

    fn kind(&mut self, name: &'static str, call: &HostCall) -> usize {
        if self.kinds.is_empty() {
            for earlier in std::mem::take(&mut self.calls) {
                if let Cow::Borrowed(name) = earlier.name {
                    let kind = self.find_kind(name, &earlier);
                    self.kinds[kind].entries += 1;
                }
                self.calls.push(earlier);
            }
        }
        self.find_kind(name, call)
    }

    fn find_kind(&mut self, name: &'static str, call: &HostCall) -> usize {
        let line = call.detail.as_deref().filter(|_| call.outcome == Outcome::Denied);
        let same =
            |kind: &Kind| kind.name == name && kind.outcome == call.outcome && kind.line.as_deref() == line;
        let known = self.kinds.iter().position(same);
        known.unwrap_or_else(|| {
            // What is only counted needs no kind of its own.
            if self.kinds.len() < KEPT {
                self.kinds.push(Kind {
                    name,
                    outcome: call.outcome,
                    line: line.map(str::to_owned),
                    entries: 0,
                    shared: None,
                });
            }
            self.kinds.len() - 1
        })
    }

    #[must_use]
    pub fn began(&self) -> Instant {
        self.began
    }

    /// How many host calls were denied, kept or not.
    #[must_use]
    pub fn denied(&self) -> u64 {
        self.denied
    }

    /// The host calls kept, and how many were left out.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<HostCall>, u64) {
        // Requests that went on beside the guest are recorded last, wherever they began.
        self.calls.sort_by_key(|call| call.at_us);
        (self.calls, self.omitted)
    }
}

impl HostCall {
    /// Stands for one call more.
    fn again(&mut self, took: Duration) {
        self.took_us = self.took_us.saturating_add(micros(took));
        self.times = self.times.saturating_add(1);
        // Of a denial, the line that was missing is the same.
        if self.outcome != Outcome::Denied {
            self.detail = None;
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(calls: &[HostCall], name: &str) -> (usize, u32) {
        let of: Vec<_> = calls.iter().filter(|call| call.name == name).collect();
        (of.len(), of.iter().map(|call| call.times).sum())
    }

    #[test]
    fn many_of_one_kind_leave_room_for_the_others() {
        let mut trace = Trace::new();
        let now = Instant::now();
        for number in 0..5_000 {
            trace.record("config.get", now, Outcome::Ok, Some(format!("key {number}")));
        }
        for number in 0..40 {
            trace.record("http.send", now, Outcome::Error, Some(format!("{number}")));
        }
        trace.record("http.send", now, Outcome::Ok, None);
        assert_eq!(trace.denied(), 0);
        let (calls, omitted) = trace.into_parts();
        assert_eq!(omitted, 0);
        assert_eq!(times(&calls, "config.get"), (APART + 1, 5_000));
        assert_eq!(times(&calls, "http.send"), (APART + 2, 41));
        assert!(calls.iter().filter(|call| call.times > 1).all(|call| call.detail.is_none()));
    }

    #[test]
    fn each_line_that_was_denied_is_kept_until_there_are_too_many() {
        let mut trace = Trace::new();
        let now = Instant::now();
        for _ in 0..50 {
            trace.record("cache.get", now, Outcome::Denied, Some("cache".to_owned()));
        }
        trace.record("tasks.add", now, Outcome::Denied, Some("tasks".to_owned()));
        for number in 0..10_000 {
            trace.record("events.dispatch", now, Outcome::Denied, Some(format!("publish {number}")));
        }
        assert_eq!(trace.denied(), 10_051);
        let (calls, omitted) = trace.into_parts();
        let kept: u32 = calls.iter().map(|call| call.times).sum();
        assert_eq!((calls.len(), u64::from(kept) + omitted), (KEPT, 10_051));
        assert_eq!(times(&calls, "cache.get"), (APART + 1, 50));
        let shared = calls.iter().find(|call| call.times > 1).unwrap();
        assert_eq!(shared.detail.as_deref(), Some("cache"));
        assert_eq!(times(&calls, "tasks.add"), (1, 1));
    }
}

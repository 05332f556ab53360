//! What can be made to go wrong, for which requests, how often.

use serde::{Deserialize, Serialize};

/// One way for the server to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// Answers as it should; of use to exempt some requests from a later rule.
    Normal,
    /// Closes the connection without a word.
    Down,
    /// Waits this many milliseconds, then does the work and answers.
    Slow { ms: u64 },
    /// Answers 200 with a page of HTML and does nothing.
    Rubbish,
    /// Answers with this status and does nothing.
    Status {
        code: u16,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// Does the work, then breaks off in the middle of the answer.
    CutMidBody,
    /// Does the work, then answers only when [`super::HostingApi::release`] is called.
    HoldBeforeAnswer,
    /// Does the work at once, then answers this many milliseconds later: longer than the caller is willing to wait.
    AnswerLate { ms: u64 },
}

/// A fault and the requests it strikes. The first rule that matches a request decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub fault: Fault,
    /// Only requests of this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path ends so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_ends: Option<String>,
    /// Only so many requests; all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        Self { fault, method: None, path_ends: None, times: None }
    }
}

impl Rule {
    /// Narrows the rule to requests of `method` whose path ends with `path_ends`.
    #[must_use]
    pub fn on(mut self, method: &str, path_ends: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path_ends = Some(path_ends.to_owned());
        self
    }

    /// Ends the rule after `count` requests.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = Some(count);
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.times != Some(0)
            && self.method.as_deref().is_none_or(|only| only.eq_ignore_ascii_case(method))
            && self.path_ends.as_deref().is_none_or(|only| path.ends_with(only))
    }

    /// True when not even a connection should be kept open.
    pub(in crate::fakes) fn refuses_connections(&self) -> bool {
        self.fault == Fault::Down && self.method.is_none() && self.path_ends.is_none() && self.times.is_none()
    }
}

/// The fault for this request, with the rule that gave it used up by one.
pub(in crate::fakes) fn strike(rules: &mut [Rule], method: &str, path: &str) -> Fault {
    let Some(rule) = rules.iter_mut().find(|rule| rule.matches(method, path)) else {
        return Fault::Normal;
    };
    rule.times = rule.times.map(|left| left.saturating_sub(1));
    rule.fault
}

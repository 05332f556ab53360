//! Which requests a fault strikes, and how often.

use serde::{Deserialize, Serialize};

use super::fault::Fault;

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
    pub(super) fn refuses_connections(&self) -> bool {
        self.fault == Fault::Down && self.method.is_none() && self.path_ends.is_none() && self.times.is_none()
    }
}

/// The fault for this request, with the rule that gave it used up by one.
pub(super) fn strike(rules: &mut [Rule], method: &str, path: &str) -> Fault {
    let Some(rule) = rules.iter_mut().find(|rule| rule.matches(method, path)) else {
        return Fault::Normal;
    };
    rule.times = rule.times.map(|left| left.saturating_sub(1));
    rule.fault
}

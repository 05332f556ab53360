//! When something is to happen again and again.

use std::fmt;
use std::str::FromStr;

use croner::parser::{CronParser, Seconds, Year};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Five fields (minute, hour, day, month, weekday) in UTC, such as `*/5 * * * *`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Cron(String);

/// Longest text: what five fields of lists need.
const LENGTH_MAX: usize = 200;

impl Cron {
    fn read(text: &str) -> Result<croner::Cron, String> {
        let wrong = |why: String| format!("'{text}' is not five fields of cron: {why}");
        if text.len() > LENGTH_MAX || text.starts_with('@') {
            return Err(wrong(format!(
                "write minute, hour, day, month and weekday, in at most {LENGTH_MAX} bytes"
            )));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        parser.parse(text).map_err(|error| wrong(error.to_string()))
    }

    /// The first moment after `at`; none where there never is one, such as on 30 February.
    #[must_use]
    pub fn next_after(&self, at: Timestamp) -> Option<Timestamp> {
        let at = jiff::Timestamp::from_millisecond(at.0).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
        let next = Self::read(&self.0).ok()?.find_next_occurrence(&at, false).ok()?;
        Some(Timestamp(next.timestamp().as_millisecond()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Cron {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text).map(|_| Self(text.to_owned()))
    }
}

impl TryFrom<String> for Cron {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.0
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_moment_is_found_in_utc() {
        // 2026-11-21 09:48:19 UTC, a Saturday.
        let now = Timestamp(1_795_254_499_000);
        let after =
            |text: &str| text.parse::<Cron>().unwrap().next_after(now).map(|next| (next.0 - now.0) / 1_000);
        assert_eq!(after("* * * * *"), Some(41));
        assert_eq!(after("*/5 * * * *"), Some(101));
        assert_eq!(after("0 10 * * 6"), Some(701));
        assert_eq!(after("0 0 30 2 *"), None);
        for bad in ["", "* * * *", "* * * * * *", "60 * * * *", "@daily", "x * * * *", "* * * * * * *"] {
            assert!(bad.parse::<Cron>().is_err(), "{bad}");
        }
    }
}

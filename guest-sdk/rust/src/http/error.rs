//! Why a request got no answer, and what that means for whoever waits.

use std::fmt;

use crate::host::http::Error as Cause;
use crate::{Problem, log};

/// A request that got no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// Method and address.
    pub request: String,
    pub cause: Cause,
}

impl Error {
    /// Whether the same request may well go through at once.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.cause, Cause::Connect(_) | Cause::Other(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, detail) = match &self.cause {
            Cause::Denied(denied) => ("is not granted", denied.grant.as_str()),
            Cause::Invalid(detail) => ("cannot be sent", detail.as_str()),
            Cause::Resolve(detail) => ("found no address", detail.as_str()),
            Cause::Connect(detail) => ("could not connect", detail.as_str()),
            Cause::Tls(detail) => ("could not be secured", detail.as_str()),
            Cause::Timeout => ("got no answer in time", ""),
            Cause::TooLarge(_) => ("got too large an answer", ""),
            Cause::Budget(detail) => ("is over the budget", detail.as_str()),
            Cause::Other(detail) => ("broke off", detail.as_str()),
        };
        write!(f, "{} {what}", self.request)?;
        if detail.is_empty() { Ok(()) } else { write!(f, ": {detail}") }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        log::error("http", &error.request, &error.to_string());
        match &error.cause {
            Cause::Denied(denied) => Self::denied(denied),
            // An address that somebody typed is the usual reason, and another try sends the same.
            Cause::Invalid(_) => {
                Self::not_configured("The provider's address in the module's settings is not usable.")
            }
            Cause::Resolve(_) => Self::unavailable("The provider's host name could not be resolved."),
            Cause::Connect(_) => Self::unavailable("The provider could not be reached."),
            Cause::Tls(_) => Self::bad_answer("No secure connection to the provider could be made."),
            Cause::Timeout => Self::new(504, "The provider did not answer in time."),
            Cause::TooLarge(_) => Self::bad_answer("The provider's answer was too large."),
            Cause::Budget(_) => Self::new(429, "The call used up its budget of requests."),
            Cause::Other(_) => Self::bad_answer("The connection to the provider broke off."),
        }
    }
}

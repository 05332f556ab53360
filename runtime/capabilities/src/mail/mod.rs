//! Mail through an SMTP server. Grant: a `[[capabilities.mail]]` line that covers host and port, and names the secret setting
//! that is the password there.
//!
//! Names and addresses are checked by the same egress policy as HTTP. `lettre` writes messages and speaks SMTP; connecting, TLS and
//! STARTTLS are done here, so that what was checked is what is connected to, nothing said before TLS is heard after it, and
//! a server can say only so much.

mod host;
mod message;
mod session;
mod starttls;
#[cfg(test)]
mod tests;
mod wire;

use thiserror::Error;

use crate::http::egress::EgressError;

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Egress(EgressError),
    /// A 4xx answer.
    #[error("{text}")]
    Temporary { code: String, text: String },
    /// A 5xx answer.
    #[error("{text}")]
    Permanent { code: String, text: String },
    /// The server said or did something that is not SMTP, or went away.
    #[error("{0}")]
    Broken(String),
}

impl From<EgressError> for Failure {
    fn from(error: EgressError) -> Self {
        Self::Egress(error)
    }
}

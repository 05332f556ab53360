use caisson_capabilities::http::egress::EgressError;

use crate::source::{Digest, SourceError};

/// Why a package did not come. Each message may be shown to an administrator.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("there is nothing at {0}; compare it with what the publisher wrote")]
    NotThere(String),
    #[error("{from} answered with status {status} instead of the package")]
    Status { from: String, status: u16 },
    #[error(
        "what {from} sent has the digest {found}, and not {expected}; somebody changed it, or the digest is of another version"
    )]
    OtherBytes { from: String, expected: Digest, found: Digest },
    #[error("{from} sent more than {max} bytes, the most that is read of it")]
    TooLarge { from: String, max: u64 },
    #[error("{0} is not a signature: it is not text")]
    Signature(String),
    #[error(
        "{0} lies in a private network; where packages are to come from there, add its address and port to egress.allow_private in caisson.toml"
    )]
    Private(String),
    #[error("{0} redirects to nowhere")]
    Redirect(String),
    #[error("{0} leads to an address without TLS, which is not followed")]
    Downgrade(String),
    #[error("{0} redirects too many times")]
    Hops(String),
    #[error("{from} took too long to answer; try again, or download the package and install the file")]
    Timeout { from: String },
    #[error("{from} could not be reached: {reason}")]
    Unreachable { from: String, reason: String },
    #[error(
        "the registry {registry} does not let {who} read {repository}; on the command line, say --username and set \
         CAISSON_REGISTRY_PASSWORD, or use 'docker login'"
    )]
    Unauthorized { registry: String, repository: String, who: String },
    #[error("{at} is no module: {reason}")]
    NotAModule { at: String, reason: String },
}

impl FetchError {
    pub(crate) fn of_egress(error: EgressError, host: &str, max: u64) -> Self {
        let from = host.to_owned();
        match error {
            EgressError::Denied { .. } => Self::Private(from),
            EgressError::TooLarge(_) => Self::TooLarge { from, max },
            EgressError::Timeout => Self::Timeout { from },
            error => Self::Unreachable { from, reason: error.to_string() },
        }
    }

    /// The input of a form that it is about.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Source(error) => error.field(),
            Self::OtherBytes { .. } => "digest",
            _ => "address",
        }
    }
}

use std::error::Error;

/// Why a request brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    #[error("not granted ({grant}): {reason}")]
    Denied {
        /// The manifest line, or the operator's setting, that would allow it.
        grant: String,
        reason: String,
    },
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    Resolve(String),
    #[error("{0}")]
    Connect(String),
    #[error("{0}")]
    Tls(String),
    #[error("there was no complete answer in time")]
    Timeout,
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    #[error("{0}")]
    Budget(String),
    #[error("{0}")]
    Other(String),
}

impl EgressError {
    /// Sorts the client's error; its text stays in the log, since it may hold the URL with its query.
    pub(super) fn from_reqwest(error: &reqwest::Error, host: &str) -> Self {
        tracing::debug!(host, error = error as &dyn Error, "an outbound request failed");
        if error.is_timeout() {
            return Self::Timeout;
        }
        let mut connect = None;
        let mut source: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(cause) = source {
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls(format!("{host} could not prove who it is: {tls}"));
            }
            source = match cause.downcast_ref::<std::io::Error>() {
                // What it wraps is not its source, but is skipped by it.
                Some(io) => {
                    connect = Some(io.kind());
                    io.get_ref().map(|inner| inner as &(dyn Error + 'static))
                }
                None => cause.source(),
            };
        }
        match connect {
            Some(kind) if error.is_connect() => {
                Self::Connect(format!("{host} did not take the connection ({kind})"))
            }
            None if error.is_connect() => Self::Connect(format!("{host} did not take the connection")),
            _ => Self::Other(format!("{host} broke the exchange off")),
        }
    }
}

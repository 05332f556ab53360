//! Whether a host answers, and until when its certificate lasts. Grant: a `[[capabilities.probe]]` line that covers host and port.
//!
//! Goes the way of every outbound connection: the same resolver, the same addresses refused, counted among the call's HTTP requests.

mod certificate;
mod host;
#[cfg(test)]
mod tests;

use std::io;
use std::time::{Duration, Instant};

use crate::http::egress::{Egress, EgressError, Place, Trial, Untried};

/// What came of trying.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Egress(EgressError),
    #[error("the host refuses connections")]
    Refused,
    #[error("{0}")]
    Broken(String),
}

impl From<EgressError> for Failure {
    fn from(error: EgressError) -> Self {
        Self::Egress(error)
    }
}

impl From<Untried> for Failure {
    fn from(untried: Untried) -> Self {
        match untried {
            Untried::Refused => Self::Refused,
            Untried::Silent => EgressError::Timeout.into(),
            Untried::Broken(reason) => Self::Broken(reason),
        }
    }
}

/// How long a connection took, its name's resolution not counted.
async fn connect(
    egress: &Egress,
    module: &str,
    place: &Place,
    deadline: Instant,
) -> Result<Duration, Failure> {
    if let Some(provider) = egress.provider() {
        let took = provider.tried(&place.to_string(), Trial::Connect)?;
        return Ok(Duration::from_millis(took.unsigned_abs()));
    }
    let tried = async {
        let route = egress.route(module, place).await?;
        let since = Instant::now();
        route.connect(deadline).await.map_err(|error| unreachable(place, &error))?;
        Ok(since.elapsed())
    };
    within(deadline, tried).await
}

async fn within<T>(deadline: Instant, tried: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout_at(deadline.into(), tried).await.unwrap_or(Err(EgressError::Timeout.into()))
}

fn unreachable(place: &Place, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::Refused,
        io::ErrorKind::TimedOut => EgressError::Timeout.into(),
        kind => Failure::Broken(format!("{place} did not take the connection ({kind})")),
    }
}

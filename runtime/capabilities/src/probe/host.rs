use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Failure, certificate, connect};
use crate::CallState;
use crate::bindings::caisson::module::probe::{Error, Host};
use crate::http::egress::{EgressError, Place};
use crate::trace::Outcome;

/// Longest wait, where the call would allow more.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs one function between its checks and its entry on the trace.
macro_rules! tried {
    ($state:ident, $name:literal, $host:ident, $port:ident, $timeout_ms:ident, $try:expr, $unit:literal) => {{
        let since = $state.enter()?;
        let place = match Place::parse(&$host, $port) {
            Ok(place) => place,
            Err(reason) => {
                $state.exit($name, since, Outcome::Error, None);
                return Ok(Err(Error::Other(reason)));
            }
        };
        let result = match $state.may_try(&place) {
            Ok(()) => {
                let (host, behind) = (Arc::clone(&$state.host), Arc::clone(&$state.behind));
                let allowed = Duration::from_millis($timeout_ms.into()).min(TIMEOUT).min($state.time_left());
                let deadline = Instant::now() + allowed;
                $try(&host.egress, &behind.module.to_string(), &place, deadline).await.map_err(Error::from)
            }
            Err(error) => Err(error),
        };
        match &result {
            Ok(found) => $state.exit(
                $name,
                since,
                Outcome::Ok,
                Some(format!(concat!("{} -> {} ", $unit), place, found)),
            ),
            Err(Error::Denied(denied)) => $state.deny($name, since, denied),
            Err(error) => {
                $state.exit($name, since, Outcome::Error, Some(format!("{place} -> {}", word(error))))
            }
        }
        Ok(result)
    }};
}

impl Host for CallState {
    async fn connect(
        &mut self,
        host: String,
        port: u16,
        timeout_ms: u32,
    ) -> wasmtime::Result<Result<u32, Error>> {
        let milliseconds = async |egress: &_, module: &_, place: &_, deadline| {
            let took = connect(egress, module, place, deadline).await?;
            Ok::<_, Failure>(u32::try_from(took.as_millis()).unwrap_or(u32::MAX))
        };
        tried!(self, "probe.connect", host, port, timeout_ms, milliseconds, "ms")
    }

    async fn certificate(
        &mut self,
        host: String,
        port: u16,
        timeout_ms: u32,
    ) -> wasmtime::Result<Result<i64, Error>> {
        tried!(self, "probe.certificate", host, port, timeout_ms, certificate::days_left, "days")
    }
}

impl CallState {
    /// The grant, and then the budget.
    fn may_try(&mut self, place: &Place) -> Result<(), Error> {
        let behind = Arc::clone(&self.behind);
        behind.granted.probe.check("probe", place, None).map_err(Error::Denied)?;
        if let Some(grant) = behind.granted.probe.grant(place, None) {
            self.ledger().used(grant);
        }
        self.may_wait().map_err(Error::Other)?;
        self.meter.http_request().map_err(|exhausted| Error::Other(exhausted.to_string()))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Error::Refused,
            Failure::Broken(reason) => Error::Other(reason),
            Failure::Egress(EgressError::Timeout) => Error::Timeout,
            Failure::Egress(EgressError::Denied { grant, reason }) => {
                Error::Denied(crate::bindings::caisson::module::types::Denied { grant, reason })
            }
            Failure::Egress(other) => Error::Other(other.to_string()),
        }
    }
}

fn word(error: &Error) -> &str {
    match error {
        Error::Denied(_) => "denied",
        Error::Refused => "refused",
        Error::Timeout => "timeout",
        Error::Unavailable(_) => "unavailable",
        Error::Other(reason) => reason,
    }
}

//! Whether a host answers. Grant: a `[[capabilities.probe]]` line for host and port.
//!
//! ```
//! use std::time::Duration;
//! use caisson_guest::{Result, log, probe};
//!
//! fn watch(host: &str) -> Result<()> {
//!     let took = probe::connect(host, 443, Duration::from_secs(5))?;
//!     let days = probe::certificate_days(host, 443, Duration::from_secs(5))?;
//!     if days < 14 {
//!         log::error("certificate", &host, &format!("ends in {days} days; the host answers in {took:?}"));
//!     }
//!     Ok(())
//! }
//! #
//! # let host = caisson_guest::testing::Host::install();
//! # host.answers("shop.example.com", 443, Duration::from_millis(20), 3);
//! # watch("shop.example.com").unwrap();
//! # assert_eq!(host.log().len(), 1);
//! ```
//!
//! Each counts among the call's HTTP requests.

use std::time::Duration;

use crate::{Result, host};

/// How long it takes to connect, the name's resolution not counted.
///
/// # Errors
/// 403 without the grant, 503 where the host refuses connections, 504 where it does not answer in time.
pub fn connect(host: &str, port: u16, timeout: Duration) -> Result<Duration> {
    let milliseconds = host::probe::connect(host, port, in_milliseconds(timeout))?;
    Ok(Duration::from_millis(milliseconds.into()))
}

/// Whole days until the certificate that the host shows ends; negative once it is over. It is reported whatever it is
/// worth: whether anybody should trust it is not checked.
///
/// # Errors
/// See [`connect`]; 502 where the host does not speak TLS.
pub fn certificate_days(host: &str, port: u16, timeout: Duration) -> Result<i64> {
    Ok(host::probe::certificate(host, port, in_milliseconds(timeout))?)
}

fn in_milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Host;

    #[test]
    fn a_host_that_does_not_answer_is_a_problem_to_try_again() {
        let host = Host::install();
        host.answers("up.example.com", 443, Duration::from_millis(7), -2);
        let second = Duration::from_secs(1);
        assert_eq!(connect("up.example.com", 443, second), Ok(Duration::from_millis(7)));
        assert_eq!(certificate_days("up.example.com", 443, second), Ok(-2));
        let problem = connect("up.example.com", 80, second).unwrap_err();
        assert_eq!((problem.code, problem.is_final()), (503, false));
        assert_eq!(certificate_days("down.example.com", 443, second).unwrap_err().code, 503);
    }
}

//! The frame of a host function: a grant that is a single switch, and the connection that the call works on.

/// Counts the call, checks the switch `$grant` of [`crate::Granted`], and only then runs `$work`, whose outcome goes on the trace
/// with `$detail`. For interfaces whose `Error`, which must be in scope, has a case `Denied`.
macro_rules! granted {
    ($state:ident, $grant:ident, $name:literal, $detail:expr, $work:expr) => {{
        let since = $state.enter()?;
        let line = concat!("capabilities: ", stringify!($grant), " = true");
        match $state.behind.granted.$grant.check(line, stringify!($grant)) {
            Err(denied) => {
                $state.deny($name, since, &denied);
                Ok(Err(Error::Denied(denied)))
            }
            Ok(()) => {
                $state.used("", stringify!($grant));
                let result: Result<_, Error> = $work;
                let outcome = $crate::Outcome::of(&result);
                $state.exit($name, since, outcome, $detail);
                Ok(result)
            }
        }
    }};
}

/// Takes what a port is called with: the host's parts as `$host`, whose call it is as `$behind`, and the call's connection as
/// `$conn`. Returns `$error` where none becomes free.
macro_rules! on_its_connection {
    ($state:ident, $host:pat, $behind:ident, $conn:ident, $error:ident) => {
        let ($host, $behind, session) = $state.acting();
        let mut held = None;
        let $conn = session.conn(&mut held).await.map_err($error::from)?;
    };
}

pub(crate) use granted;
pub(crate) use on_its_connection;

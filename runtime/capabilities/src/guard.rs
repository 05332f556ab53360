//! The frame of a host function behind a grant that is a single switch.

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

pub(crate) use granted;

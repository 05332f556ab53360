//! Why a call could not do its work: constructors, and `?` from every error that the host answers with.
//!
//! Messages are for whoever asked, so they name no internals; the cause goes to the module's log.

use crate::host::{
    cache, crypto, database, events, mail, notifications, payments, probe, services, tasks, validation,
};
use crate::{Denied, FieldError, Problem, log};

impl Problem {
    /// `code` follows HTTP. In a job, 4xx codes other than 408 and 429 are final; all others are tried again.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), errors: Vec::new() }
    }

    /// 422: the input was refused, field by field.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { code: 422, message: "Some fields need another look.".to_owned(), errors }
    }

    /// 422 for one field.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// 403: whoever asked may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, message)
    }

    /// 405: the module does not do this.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(405, message)
    }

    /// 409: something stands in the way, and trying again does not remove it.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    /// 424: something that must be set up first is missing.
    pub fn not_configured(message: impl Into<String>) -> Self {
        Self::new(424, message)
    }

    /// 500: the module failed.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(500, message)
    }

    /// 502: the provider answered with something that cannot be used.
    pub fn bad_answer(message: impl Into<String>) -> Self {
        Self::new(502, message)
    }

    /// 503: the provider cannot do it now; a job tries again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(503, message)
    }

    /// Whether trying again with the same input cannot help.
    #[must_use]
    pub fn is_final(&self) -> bool {
        (400..500).contains(&self.code) && self.code != 408 && self.code != 429
    }

    /// 403 that names the grant, so that an administrator knows what to approve.
    pub(crate) fn denied(denied: &Denied) -> Self {
        Self::new(
            403,
            format!("The grant '{}' is missing: {}.", denied.grant, denied.reason.trim_end_matches('.')),
        )
    }
}

/// The problem of a host function that did not do it: logged with its cause, shown without.
fn host_problem(interface: &str, code: u16, message: &str, cause: &str) -> Problem {
    log::error(interface, &(), &cause);
    Problem::new(code, message)
}

fn not_offered(interface: &str, cause: &str) -> Problem {
    host_problem(interface, 501, "This panel does not offer what the module asked of it.", cause)
}

impl From<services::Error> for Problem {
    fn from(error: services::Error) -> Self {
        match error {
            services::Error::Denied(denied) => Self::denied(&denied),
            services::Error::Missing => Self::not_found("There is no such service."),
            services::Error::Invalid(cause) => {
                host_problem("services", 500, "The module stored something that the panel refused.", &cause)
            }
            services::Error::Other(cause) => {
                host_problem("services", 500, "The panel could not reach its services.", &cause)
            }
        }
    }
}

impl From<tasks::Error> for Problem {
    fn from(error: tasks::Error) -> Self {
        match error {
            tasks::Error::Denied(denied) => Self::denied(&denied),
            tasks::Error::Invalid(cause) => {
                host_problem("tasks", 500, "The module queued a task that the panel refused.", &cause)
            }
            tasks::Error::Quota(cause) => {
                host_problem("tasks", 429, "The module has too many tasks.", &cause)
            }
            tasks::Error::Missing => Self::not_found("There is no such task."),
            tasks::Error::Unavailable(cause) => not_offered("tasks", &cause),
            tasks::Error::Other(cause) => {
                host_problem("tasks", 503, "The task queue did not answer.", &cause)
            }
        }
    }
}

impl From<crypto::Error> for Problem {
    fn from(error: crypto::Error) -> Self {
        match error {
            crypto::Error::Corrupt => Self::internal("Sealed data of this module cannot be opened."),
            crypto::Error::Missing(setting) => {
                Self::not_configured(format!("The setting '{setting}' is missing."))
            }
            crypto::Error::Invalid(cause) => {
                host_problem("crypto", 500, "The module asked for a length that is not offered.", &cause)
            }
            crypto::Error::Budget(cause) => {
                host_problem("crypto", 429, "The call used up its budget of encryption.", &cause)
            }
        }
    }
}

impl From<database::Error> for Problem {
    fn from(error: database::Error) -> Self {
        use database::Error;
        match error {
            Error::Denied(denied) => Self::denied(&denied),
            Error::Invalid(cause) => {
                host_problem("database", 500, "The module asked its tables something impossible.", &cause)
            }
            Error::Missing(cause) => {
                host_problem("database", 500, "A table or column of the module is missing.", &cause)
            }
            Error::Violated((constraint, cause)) => {
                let cause = format!("{constraint:?}: {cause}");
                host_problem("database", 409, "That would contradict what is stored already.", &cause)
            }
            Error::Quota(cause) => host_problem("database", 429, "The module's tables are full.", &cause),
            Error::Timeout => Self::new(504, "The database took too long."),
            Error::Busy => Self::unavailable("The database is busy."),
            Error::Unavailable(cause) => not_offered("database", &cause),
            Error::Other(cause) => host_problem("database", 500, "The database failed.", &cause),
        }
    }
}

impl From<mail::Error> for Problem {
    fn from(error: mail::Error) -> Self {
        use mail::Error;
        match error {
            Error::Denied(denied) => Self::denied(&denied),
            Error::Invalid(cause) => {
                host_problem("mail", 422, "The message is not one that can be sent.", &cause)
            }
            Error::Temporary(cause) => {
                host_problem("mail", 503, "The mail server asks to try again later.", &cause)
            }
            Error::Permanent(cause) => {
                host_problem("mail", 424, "The mail server refused the message.", &cause)
            }
            Error::Timeout => Self::new(504, "The mail server did not answer in time."),
            Error::Unavailable(cause) => not_offered("mail", &cause),
            Error::Other(cause) => host_problem("mail", 502, "The mail server could not be used.", &cause),
        }
    }
}

impl From<payments::Error> for Problem {
    fn from(error: payments::Error) -> Self {
        use payments::Error;
        match error {
            Error::Denied(denied) => Self::denied(&denied),
            Error::Missing => Self::not_found("There is no such invoice."),
            Error::Invalid(cause) => {
                host_problem("payments", 422, "The module reported something that is no payment.", &cause)
            }
            Error::Mismatch(cause) => {
                host_problem("payments", 409, "The payment does not fit the invoice.", &cause)
            }
            Error::Closed(cause) => {
                host_problem("payments", 409, "The invoice takes no payment now.", &cause)
            }
            Error::Unavailable(cause) => not_offered("payments", &cause),
            Error::Other(cause) => {
                host_problem("payments", 500, "The payment could not be recorded.", &cause)
            }
        }
    }
}

impl From<probe::Error> for Problem {
    fn from(error: probe::Error) -> Self {
        match error {
            probe::Error::Denied(denied) => Self::denied(&denied),
            probe::Error::Refused => Self::unavailable("The host refuses connections."),
            probe::Error::Timeout => Self::new(504, "The host did not answer in time."),
            probe::Error::Unavailable(cause) => not_offered("probe", &cause),
            probe::Error::Other(cause) => host_problem("probe", 502, "The host could not be tried.", &cause),
        }
    }
}

impl From<validation::Error> for Problem {
    fn from(error: validation::Error) -> Self {
        match error {
            validation::Error::Rejected(errors) => Self::invalid(errors),
            validation::Error::Invalid(cause) => {
                host_problem("validation", 500, "The module's rules for this form are wrong.", &cause)
            }
            validation::Error::Unavailable(cause) => not_offered("validation", &cause),
        }
    }
}

macro_rules! quota_errors {
    ($($interface:ident: $full:literal, $failed:literal;)+) => {$(
        impl From<$interface::Error> for Problem {
            fn from(error: $interface::Error) -> Self {
                use $interface::Error;
                let name = stringify!($interface);
                match error {
                    Error::Denied(denied) => Self::denied(&denied),
                    Error::Invalid(cause) => host_problem(name, 500, "The module asked the panel something impossible.", &cause),
                    Error::Quota(cause) => host_problem(name, 429, $full, &cause),
                    Error::Unavailable(cause) => not_offered(name, &cause),
                    Error::Other(cause) => host_problem(name, 500, $failed, &cause),
                }
            }
        }
    )+};
}

quota_errors! {
    cache: "The module's cache is full.", "The cache failed.";
    events: "The module published too many events.", "The event could not be published.";
    notifications: "The module sent too many notifications.", "The notification could not be sent.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_names_the_grant() {
        let denied = Denied { grant: "tasks".to_owned(), reason: "not approved.".to_owned() };
        let problem = Problem::from(tasks::Error::Denied(denied));
        assert_eq!(
            (problem.code, problem.message.as_str()),
            (403, "The grant 'tasks' is missing: not approved.")
        );
    }

    #[test]
    fn causes_stay_out_of_what_people_see() {
        let host = crate::testing::Host::install();
        let problem = Problem::from(services::Error::Other("disk I/O error at 0x7f".to_owned()));
        assert!(!problem.message.contains("0x7f"), "{}", problem.message);
        assert!(host.log().iter().any(|entry| entry.response.contains("0x7f")));
    }

    #[test]
    fn only_clear_refusals_are_final() {
        for (code, is_final) in
            [(404, true), (408, false), (422, true), (429, false), (500, false), (503, false)]
        {
            assert_eq!(Problem::new(code, "").is_final(), is_final, "{code}");
        }
    }
}

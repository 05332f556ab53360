use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use caisson_types::Secret;

use super::session::{self, Account};
use super::{Failure, message};
use crate::bindings::caisson::module::mail::{Error, Host, Message, Server};
use crate::bindings::caisson::module::types::Denied;
use crate::http::egress::{EgressError, Place};
use crate::meter::Exhausted;
use crate::trace::Outcome;
use crate::{CallState, Redactor};

/// Longest session, where the call would allow more.
const TIMEOUT: Duration = Duration::from_secs(120);
const USER_MAX: usize = 256;

impl Host for CallState {
    async fn send(&mut self, server: Server, message: Message) -> wasmtime::Result<Result<String, Error>> {
        let since = self.enter()?;
        let place = Place::parse(&server.host, server.port);
        // Where to and to how many; who they are and what they read is nobody's business here.
        let recipients = message.to.len();
        let about = match &place {
            Ok(place) => format!("{place}, recipients: {recipients}"),
            Err(_) => format!("recipients: {recipients}"),
        };
        let result = match place {
            Ok(place) => self.submit(place, server, message).await,
            Err(reason) => Err(Error::Invalid(reason).into()),
        };
        let result = match result {
            Ok(answer) => {
                self.exit("mail.send", since, Outcome::Ok, Some(format!("{about} -> accepted")));
                Ok(answer)
            }
            Err(Unsent { error: Error::Denied(denied), .. }) => {
                self.deny("mail.send", since, &denied);
                Err(Error::Denied(denied))
            }
            Err(Unsent { error, word }) => {
                self.exit("mail.send", since, Outcome::Error, Some(format!("{about} -> {word}")));
                Err(error)
            }
        };
        Ok(result)
    }
}

/// What the guest is told, and the word for it on the trace.
struct Unsent {
    error: Error,
    word: String,
}

impl From<Error> for Unsent {
    fn from(error: Error) -> Self {
        let word = match &error {
            Error::Denied(_) => "denied",
            Error::Invalid(_) => "invalid",
            Error::Temporary(_) => "temporary",
            Error::Permanent(_) => "permanent",
            Error::Timeout => "timeout",
            Error::Unavailable(_) => "unavailable",
            Error::Other(_) => "failed",
        };
        Self { error, word: word.to_owned() }
    }
}

impl From<Denied> for Unsent {
    fn from(denied: Denied) -> Self {
        Error::Denied(denied).into()
    }
}

impl From<Exhausted> for Unsent {
    fn from(exhausted: Exhausted) -> Self {
        Self { error: Error::Other(exhausted.to_string()), word: exhausted.to_string() }
    }
}

impl CallState {
    /// Checks, in this order: grant and secret, message, budget. Only then is anything connected to.
    async fn submit(&mut self, place: Place, server: Server, message: Message) -> Result<String, Unsent> {
        let (behind, host) = (Arc::clone(&self.behind), Arc::clone(&self.host));
        behind.granted.mail.check("mail", &place, server.password_setting.as_deref())?;
        if let Some(grant) = behind.granted.mail.grant(&place, server.password_setting.as_deref()) {
            self.ledger().used(grant);
        }
        let account = self.account(server.username, server.password_setting)?;
        let letter = message::letter(message).map_err(Error::Invalid)?;
        self.may_wait().map_err(Error::Invalid)?;
        self.meter.mail()?;
        let deadline = Instant::now() + TIMEOUT.min(self.time_left());
        let server = session::Server { place, security: server.security, account };
        let sent =
            session::submit(&host.egress, &behind.module.to_string(), &server, &letter, deadline).await;
        let spoken = spoken(server.account.as_ref());
        let mut clean = |text: String| spoken.text(&self.redactor().text(&text));
        match sent {
            Ok(answer) => Ok(clean(answer)),
            Err(failure) => Err(told(failure, &mut clean)),
        }
    }

    fn account(&self, username: Option<String>, setting: Option<String>) -> Result<Option<Account>, Error> {
        let (user, setting) = match (username, setting) {
            (None, None) => return Ok(None),
            (Some(user), Some(setting)) => (user, setting),
            _ => return Err(Error::Invalid("username and password-setting come together".to_owned())),
        };
        if user.is_empty() || user.len() > USER_MAX || user.chars().any(char::is_control) {
            return Err(Error::Invalid(format!("a username is one line of 1 to {USER_MAX} bytes")));
        }
        match self.behind.settings.secrets.get(&setting) {
            Some(password) if !password.expose().is_empty() => {
                Ok(Some(Account { user, password: password.clone() }))
            }
            _ => Err(Error::Invalid(format!(
                "the secret setting '{setting}' has no value; set it on the module's Settings page"
            ))),
        }
    }
}

/// Knows the password as SMTP spells it: a server might repeat what it heard.
fn spoken(account: Option<&Account>) -> Redactor {
    let Some(Account { user, password }) = account else { return Redactor::default() };
    let password = password.expose();
    Redactor::new(
        [
            password.clone(),
            BASE64_STANDARD.encode(password),
            BASE64_STANDARD.encode(format!("\0{user}\0{password}")),
        ]
        .map(Secret::new),
    )
}

fn told(failure: Failure, clean: &mut impl FnMut(String) -> String) -> Unsent {
    match failure {
        Failure::Temporary { code, text } => Unsent { error: Error::Temporary(clean(text)), word: code },
        Failure::Permanent { code, text } => Unsent { error: Error::Permanent(clean(text)), word: code },
        Failure::Broken(reason) => Error::Other(clean(reason)).into(),
        Failure::Egress(EgressError::Denied { grant, reason }) => Denied { grant, reason }.into(),
        Failure::Egress(EgressError::Invalid(reason)) => Error::Invalid(reason).into(),
        Failure::Egress(EgressError::Timeout) => Error::Timeout.into(),
        Failure::Egress(other) => Error::Other(other.to_string()).into(),
    }
}

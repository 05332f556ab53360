//! One message to one server.

use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use caisson_types::Secret;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Code, Severity};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::message::Letter;
use super::wire::{TooTalkative, Wire};
use super::{Failure, starttls};
use crate::bindings::caisson::module::mail::Security;
use crate::http::egress::{Egress, EgressError, Place, Route};

/// Longest piece of a server's answer that is passed on.
const TEXT_MAX: usize = 500;
/// How long a server that took the message is given to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Who submits.
pub(super) struct Account {
    pub(super) user: String,
    pub(super) password: Secret<String>,
}

/// A server and how to talk to it.
pub(super) struct Server {
    pub(super) place: Place,
    pub(super) security: Security,
    pub(super) account: Option<Account>,
}

/// What this machine calls itself: a literal that says nothing about it, as mail programs do.
pub(super) fn hello() -> ClientId {
    ClientId::Ipv4(Ipv4Addr::LOCALHOST)
}

/// Submits a letter for `module` and returns the server's answer to it.
///
/// # Errors
/// Every recipient or none: one that is refused ends the session before the message is sent.
pub(super) async fn submit(
    egress: &Egress,
    module: &str,
    server: &Server,
    letter: &Letter,
    deadline: Instant,
) -> Result<String, Failure> {
    let talk = async {
        // Kept to the end: it is the module's turn to have a connection.
        let route = egress.route(module, &server.place).await?;
        let mut smtp = open(egress, &route, server, deadline).await?;
        let answer = send(&mut smtp, server, letter).await?;
        Ok::<_, Failure>((route, smtp, answer))
    };
    let done = tokio::time::timeout_at(deadline.into(), talk).await;
    let (_route, mut smtp, answer) = done.unwrap_or(Err(Failure::Egress(EgressError::Timeout)))?;
    // The message is taken, whatever comes of this.
    let goodbye = deadline.min(Instant::now() + GOODBYE);
    tokio::time::timeout_at(goodbye.into(), smtp.quit()).await.ok();
    Ok(answer)
}

async fn open(
    egress: &Egress,
    route: &Route,
    server: &Server,
    deadline: Instant,
) -> Result<AsyncSmtpConnection, Failure> {
    let name = server.place.to_string();
    if server.security == Security::None && !route.is_opened() {
        return Err(EgressError::Denied {
            grant: "egress.allow_private".to_owned(),
            reason: format!(
                "Mail goes without TLS only to addresses that the panel's operator opened, and {name} is none: \
                 use STARTTLS or TLS."
            ),
        }
        .into());
    }
    let mut tcp = route.connect(deadline).await.map_err(|error| unreachable(&name, &error))?;
    // Commands are short and each waits for its answer.
    tcp.set_nodelay(true).ok();
    let wire: Box<dyn AsyncTokioStream> = match server.security {
        Security::None => Box::new(Wire::new(tcp, Vec::new())),
        Security::Tls => Box::new(Wire::new(secure(egress, server, tcp).await?, Vec::new())),
        Security::Starttls => {
            let greeting = starttls::ask(&mut tcp, &name).await?;
            Box::new(Wire::new(secure(egress, server, tcp).await?, greeting))
        }
    };
    let mut smtp = AsyncSmtpConnection::connect_with_transport(wire, &hello())
        .await
        .map_err(|error| failure(&name, &error))?;
    if let Some(account) = &server.account {
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if !mechanisms.iter().any(|one| smtp.server_info().supports_auth_mechanism(*one)) {
            return Err(Failure::Broken(format!("{name} offers neither AUTH PLAIN nor AUTH LOGIN")));
        }
        let credentials = Credentials::new(account.user.clone(), account.password.expose().clone());
        smtp.auth(&mechanisms, &credentials).await.map_err(|error| failure(&name, &error))?;
    }
    Ok(smtp)
}

async fn secure(egress: &Egress, server: &Server, tcp: TcpStream) -> Result<TlsStream<TcpStream>, Failure> {
    let name = server.place.server_name()?;
    let connector = TlsConnector::from(egress.tls());
    connector.connect(name, tcp).await.map_err(|error| match tls_error(&error) {
        Some(tls) => EgressError::Tls(format!("{} could not prove who it is: {tls}", server.place)).into(),
        None => broken(&server.place.to_string(), &error),
    })
}

/// The steps of `AsyncSmtpConnection::send`, which would wait for a goodbye before it says what was wrong.
async fn send(smtp: &mut AsyncSmtpConnection, server: &Server, letter: &Letter) -> Result<String, Failure> {
    let name = server.place.to_string();
    let failed = |error| failure(&name, &error);
    let envelope: &Envelope = &letter.envelope;
    let addresses = || envelope.from().into_iter().chain(envelope.to());
    let mut parameters = Vec::new();
    if !addresses().all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure::Broken(format!("{name} takes only addresses in ASCII")));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    smtp.command(Mail::new(envelope.from().cloned(), parameters)).await.map_err(failed)?;
    for recipient in envelope.to() {
        smtp.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(failed)?;
    }
    smtp.command(Data).await.map_err(failed)?;
    let answer = smtp.message(&letter.bytes).await.map_err(failed)?;
    Ok(plain(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))))
}

fn unreachable(server: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::TimedOut => EgressError::Timeout.into(),
        kind => EgressError::Connect(format!("{server} did not take the connection ({kind})")).into(),
    }
}

/// The connection broke, or the other side did not keep to it.
pub(super) fn broken(server: &str, error: &io::Error) -> Failure {
    if error.get_ref().is_some_and(|inner| inner.is::<TooTalkative>()) {
        return Failure::Broken(format!("{server}: {TooTalkative}"));
    }
    Failure::Broken(format!("{server} broke the exchange off ({})", error.kind()))
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A negative answer, sorted by its first digit.
pub(super) fn refusal(code: Code, text: &str) -> Failure {
    let temporary = code.severity == Severity::TransientNegativeCompletion;
    let code = code.to_string();
    let text = plain(&format!("{code} {text}"));
    if temporary { Failure::Temporary { code, text } } else { Failure::Permanent { code, text } }
}

fn failure(server: &str, error: &lettre::transport::smtp::Error) -> Failure {
    let source = std::error::Error::source(error);
    if let Some(code) = error.status() {
        return refusal(code, &source.map(ToString::to_string).unwrap_or_default());
    }
    match source.and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(io) => broken(server, io),
        None if error.is_response() => {
            Failure::Broken(format!("{server} does not speak SMTP, or broke off in the middle"))
        }
        None => Failure::Broken(format!(
            "the session with {server} could not go on: {}",
            plain(&error.to_string())
        )),
    }
}

/// What a server said, as one line that can be shown.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_MAX).collect();
    line.trim_end().to_owned()
}

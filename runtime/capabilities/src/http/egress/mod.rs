//! The only way out of this process for a guest.
//!
//! Every hop of every request is checked against the module's grants, its name is resolved once, each address is checked, and the
//! connection is pinned to the addresses that were checked: a name that answers differently a moment later is not asked again.

mod addresses;
mod ca;
mod client;
mod credential;
mod error;
mod headers;
mod journal;
mod ledger;
mod place;
mod provider;
mod reader;
mod resolve;
mod rule;
mod target;
#[cfg(test)]
pub(super) mod tests;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use caisson_types::manifest::Method;
use dashmap::DashMap;
use http::HeaderMap;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

pub use addresses::{ParseExceptionError, PrivateException, is_special_use};
pub use ca::Ca;
pub use credential::Credential;
pub use error::EgressError;
pub use headers::Payload;
pub(super) use headers::is_reserved;
pub(crate) use journal::{Exchange as NotedExchange, Noted, Part};
pub use ledger::Ledger;
pub(crate) use place::{Place, Route};
pub use provider::{Provider, Sent, Trial, Untried};
pub use reader::Reader;
pub use rule::{Rule, Scheme, covers};

use client::Clients;
use headers::Outgoing;
use resolve::Resolver;
use target::Target;

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct EgressConfig {
    /// Private addresses that grants may reach.
    pub allow_private: Vec<PrivateException>,
    /// Requests one module may have under way, the reading of their answers included; more wait, within their own time.
    pub max_concurrent_per_module: usize,
    /// A name server to ask instead of the system's.
    pub nameserver: Option<SocketAddr>,
    /// Authorities of the operator's own that are trusted beside the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Who answers in the network's place; none in a panel that serves.
    pub provider: Option<Arc<dyn Provider>>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            allow_private: Vec::new(),
            max_concurrent_per_module: 16,
            nameserver: None,
            extra_roots: Vec::new(),
            provider: None,
        }
    }
}

/// One request of a guest, with what the host filled in.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Payload,
    pub credential: Option<Credential>,
    pub timeouts: Timeouts,
    /// A body that streams can be sent once, so its redirects are never followed.
    pub max_redirects: u8,
    pub max_response_bytes: u64,
    /// Where its cost is noted.
    pub ledger: Ledger,
}

/// How long a request may take, and its parts.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// From the request to the head of its answer, hop by hop.
    pub first_byte: Duration,
    /// Between two pieces of the answer's body.
    pub between_bytes: Duration,
    /// For the whole exchange: waiting for a turn, redirects and body included.
    pub total: Duration,
}

impl Timeouts {
    /// Nothing but connecting is limited by itself.
    #[must_use]
    pub fn whole(connect: Duration, total: Duration) -> Self {
        Self { connect, first_byte: total, between_bytes: total, total }
    }
}

/// What came back, with a body that has yet to be read.
pub struct Answer {
    pub status: u16,
    /// Without cookies, and without what described the wire and not the body.
    pub headers: HeaderMap,
    pub body: Reader,
    /// Where the last hop went.
    pub url: String,
}

/// What came back.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Decoded.
    pub body: Bytes,
    /// Where the last hop went.
    pub url: String,
}

/// Whether a request could go to `url`, were it granted.
///
/// # Errors
/// [`EgressError::Invalid`], saying why not.
pub fn check_url(url: &str) -> Result<(), EgressError> {
    Target::parse(url).map(drop)
}

/// Asked before each hop; may refuse it.
pub type Charge<'c> = &'c mut (dyn FnMut() -> Result<(), String> + Send);

/// Cheap to clone; connections are kept between calls.
#[derive(Clone)]
pub struct Egress(Arc<Inner>);

struct Inner {
    config: EgressConfig,
    clients: Clients,
    tls: Arc<ClientConfig>,
    resolver: Resolver,
    modules: DashMap<String, Arc<Semaphore>>,
}

impl Egress {
    /// # Errors
    /// Where the system's certificates cannot be read.
    pub fn new(config: EgressConfig) -> Result<Self, EgressError> {
        let resolver = Resolver::new(config.nameserver);
        let tls = tls::config(&config.extra_roots)?;
        let clients = Clients::new(tls.clone());
        let (tls, modules) = (Arc::new(tls), DashMap::new());
        Ok(Self(Arc::new(Inner { clients, tls, resolver, modules, config })))
    }

    /// Sends a request for `module`, within `rules`, and reads the answer.
    ///
    /// # Errors
    /// Why not, in one sentence without secrets.
    pub async fn send(
        &self,
        module: &str,
        rules: &[Rule],
        request: Request,
        charge: Charge<'_>,
    ) -> Result<Response, EgressError> {
        let answer = self.open(module, rules, request, charge).await?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Response {
            status: answer.status,
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            body: answer.body.collect().await?,
            url: answer.url,
        })
    }

    /// Sends a request for `module`, within `rules`. The answer keeps the module's turn until it is read or dropped.
    ///
    /// # Errors
    /// Why not, in one sentence without secrets.
    pub async fn open(
        &self,
        module: &str,
        rules: &[Rule],
        request: Request,
        charge: Charge<'_>,
    ) -> Result<Answer, EgressError> {
        let deadline = Instant::now() + request.timeouts.total;
        let exchange = async {
            let turn = self.turn(module).await?;
            self.0.follow(module, rules, request, deadline, turn, charge).await
        };
        tokio::time::timeout_at(deadline.into(), exchange).await.unwrap_or(Err(EgressError::Timeout))
    }

    /// Waits until the module has fewer connections under way than it may.
    async fn turn(&self, module: &str) -> Result<OwnedSemaphorePermit, EgressError> {
        let turns = self
            .0
            .modules
            .entry(module.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(self.0.config.max_concurrent_per_module)))
            .clone();
        // The semaphore is never closed.
        turns.acquire_owned().await.map_err(|_| EgressError::Timeout)
    }

    /// How TLS is spoken outside HTTP: the same verification.
    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0.tls)
    }
}

impl Inner {
    async fn follow(
        &self,
        module: &str,
        rules: &[Rule],
        request: Request,
        deadline: Instant,
        turn: OwnedSemaphorePermit,
        charge: Charge<'_>,
    ) -> Result<Answer, EgressError> {
        let Timeouts { connect, first_byte, between_bytes, .. } = request.timeouts;
        let mut target = Target::parse(&request.url)?;
        let mut outgoing = Outgoing::new(request.method, request.headers, request.body)?;
        let max_redirects = if outgoing.is_repeatable() { request.max_redirects } else { 0 };
        let mut credential = request.credential;
        for hop in 0.. {
            charge().map_err(EgressError::Budget)?;
            let rule = rule::find(rules, &target, outgoing.method)?;
            request.ledger.used(&rule.grant);
            let secret = match &credential {
                Some(credential) => credential.header_for(rule)?,
                None => None,
            };
            let entry = request.ledger.journal().asked(
                outgoing.method,
                &target.url,
                outgoing.headers(),
                outgoing.body(),
            );
            let sent = async {
                match &self.config.provider {
                    None => {
                        let client = self.client(module, &target, rules).await?;
                        outgoing.send(&client, &target.url, secret, &request.ledger).await
                    }
                    Some(provider) => {
                        let sent = outgoing.written(&target.url, secret, &request.ledger).await?;
                        self.rehearse(provider.as_ref(), module, &target, rules, sent).await
                    }
                }
            };
            let sent = client::connecting_within(connect, sent);
            let answer = tokio::time::timeout(first_byte, sent).await.unwrap_or(Err(EgressError::Timeout));
            let answer = answer.inspect_err(|error| entry.failed(error))?;
            entry.answered(answer.status().as_u16(), answer.headers());
            let Some(next) = redirect(&answer, &target.url, hop, max_redirects)? else {
                let limits = reader::Limits { bytes: request.max_response_bytes, between_bytes, deadline };
                return Answer::new(answer, &target, limits, turn, request.ledger, entry);
            };
            let next = Target::of(next)?;
            if target.scheme == Scheme::Https && next.scheme == Scheme::Http {
                return Err(EgressError::Denied {
                    grant: "none".to_owned(),
                    reason: format!(
                        "{} redirects from https to http, which is never followed.",
                        target.host()
                    ),
                });
            }
            if !target.same_origin(&next) {
                credential = None;
                outgoing.leave_origin();
            }
            outgoing.redirected(answer.status());
            target = next;
        }
        Err(EgressError::Other("the redirects did not end".to_owned()))
    }

    /// A client that reaches what the target's name leads to now, checked.
    async fn client(
        &self,
        module: &str,
        target: &Target,
        rules: &[Rule],
    ) -> Result<reqwest::Client, EgressError> {
        let exceptions = &self.config.allow_private;
        let addresses = self.resolver.resolve(target.host(), target.address, target.port, exceptions).await?;
        self.clients.get(module, target, addresses, rule::authority(rules, target))
    }

    /// The provider's answer, or the network's, of which the provider is told.
    async fn rehearse(
        &self,
        provider: &dyn Provider,
        module: &str,
        target: &Target,
        rules: &[Rule],
        sent: Sent,
    ) -> Result<reqwest::Response, EgressError> {
        if let Some(answer) = provider.answer(&sent).await {
            return answer.map(reqwest::Response::from);
        }
        let failed = |error: &reqwest::Error| EgressError::from_reqwest(error, target.host());
        let client = self.client(module, target, rules).await?;
        let request = reqwest::Request::try_from(sent.clone()).map_err(|error| failed(&error))?;
        let answer = client.execute(request).await.map_err(|error| failed(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| failed(&error))?;
        provider.answered(&sent, status.as_u16(), &headers, &body);
        let mut answer = http::Response::new(body);
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        Ok(answer.into())
    }
}

/// Where an answer leads, if it is a redirect that is to be followed.
fn redirect(answer: &reqwest::Response, from: &Url, hop: u32, max: u8) -> Result<Option<Url>, EgressError> {
    if max == 0 || !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(http::header::LOCATION) else { return Ok(None) };
    if hop >= u32::from(max) {
        return Err(EgressError::Other(format!(
            "{} redirects more than {max} times",
            from.host_str().unwrap_or_default()
        )));
    }
    let broken = || {
        EgressError::Other(format!(
            "{} redirects to something that is no URL",
            from.host_str().unwrap_or_default()
        ))
    };
    let location = location.to_str().map_err(|_| broken())?;
    from.join(location).map(Some).map_err(|_| broken())
}

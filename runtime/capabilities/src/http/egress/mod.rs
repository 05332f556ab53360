//! The only way out of this process for a guest.
//!
//! Every hop of every request is checked against the module's grants, its name is resolved once, each address is checked, and the
//! connection is pinned to the addresses that were checked: a name that answers differently a moment later is not asked again.

mod addresses;
mod body;
mod client;
mod credential;
mod error;
mod headers;
mod resolve;
mod rule;
mod target;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use caisson_types::manifest::Method;
use dashmap::DashMap;
use tokio::sync::Semaphore;
use url::Url;

pub use addresses::{ParseExceptionError, PrivateException, is_special_use};
pub use credential::Credential;
pub use error::EgressError;
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
    /// Requests one module may have under way; more wait.
    pub max_concurrent_per_module: usize,
    /// A name server to ask instead of the system's.
    pub nameserver: Option<SocketAddr>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self { allow_private: Vec::new(), max_concurrent_per_module: 32, nameserver: None }
    }
}

/// One request of a guest, with what the host filled in.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    pub credential: Option<Credential>,
    pub connect_timeout: Duration,
    /// For the whole exchange, redirects and body included.
    pub timeout: Duration,
    pub max_redirects: u8,
    pub max_response_bytes: u64,
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

/// Cheap to clone; connections are kept between calls.
#[derive(Clone)]
pub struct Egress(Arc<Inner>);

struct Inner {
    config: EgressConfig,
    clients: Clients,
    resolver: Resolver,
    modules: DashMap<String, Arc<Semaphore>>,
}

impl Egress {
    /// # Errors
    /// Where the system's certificates cannot be read.
    pub fn new(config: EgressConfig) -> Result<Self, EgressError> {
        let resolver = Resolver::new(config.nameserver);
        Ok(Self(Arc::new(Inner { clients: Clients::new()?, resolver, modules: DashMap::new(), config })))
    }

    /// Sends a request for `module`, within `rules`. `charge` is called before each hop and may refuse it.
    ///
    /// # Errors
    /// Why not, in one sentence without secrets.
    pub async fn send(
        &self,
        module: &str,
        rules: &[Rule],
        request: Request,
        charge: &mut (dyn FnMut() -> Result<(), String> + Send),
    ) -> Result<Response, EgressError> {
        let deadline = Instant::now() + request.timeout;
        let turn = self
            .0
            .modules
            .entry(module.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(self.0.config.max_concurrent_per_module)))
            .clone();
        let exchange = async {
            // The semaphore is never closed.
            let _turn = turn.acquire().await.map_err(|_| EgressError::Timeout)?;
            self.0.follow(rules, request, deadline, charge).await
        };
        tokio::time::timeout_at(deadline.into(), exchange).await.unwrap_or(Err(EgressError::Timeout))
    }
}

impl Inner {
    async fn follow(
        &self,
        rules: &[Rule],
        request: Request,
        deadline: Instant,
        charge: &mut (dyn FnMut() -> Result<(), String> + Send),
    ) -> Result<Response, EgressError> {
        let mut target = Target::parse(&request.url)?;
        let mut outgoing = Outgoing::new(request.method, request.headers, request.body)?;
        let mut credential = request.credential;
        for hop in 0.. {
            charge().map_err(EgressError::Budget)?;
            let rule = rule::find(rules, &target, outgoing.method)?;
            let secret = match &credential {
                Some(credential) => Some(credential.header_for(rule)?),
                None => None,
            };
            let addresses = self.resolver.resolve(&target, &self.config.allow_private).await?;
            let client = self.clients.get(&target, &addresses, request.connect_timeout)?;
            let answer = outgoing
                .send(&client, &target.url, secret, deadline.saturating_duration_since(Instant::now()))
                .await?;
            let Some(next) = redirect(&answer, &target.url, hop, request.max_redirects)? else {
                return body::read(answer, &target.url, request.max_response_bytes).await;
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

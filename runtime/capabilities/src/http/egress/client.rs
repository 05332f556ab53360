//! Clients, each for one module and pinned to the addresses that were checked for one host. Kept between calls, so that
//! connections are.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::ClientConfig;
use tower::{BoxError, Service};

use super::ca::Ca;
use super::error::EgressError;
use super::rule::Scheme;
use super::target::Target;

/// Clients kept in all, and for one module; the one used longest ago goes first.
const KEPT: usize = 512;
const KEPT_PER_MODULE: usize = 32;
/// How long a connection waits for its next request, and how many do at one place.
const IDLE: Duration = Duration::from_secs(30);
const IDLE_PER_PLACE: usize = 4;

/// Whose connections, and to where. Only what is equal in all of it is shared: a name that resolves elsewhere now is another
/// place, and so is the same host for another module.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    module: String,
    scheme: Scheme,
    host: String,
    addresses: Vec<SocketAddr>,
    ca: Option<Ca>,
}

struct Kept {
    client: reqwest::Client,
    used: Instant,
}

pub(super) struct Clients {
    tls: ClientConfig,
    kept: Mutex<HashMap<Place, Kept>>,
}

impl Clients {
    pub(super) fn new(tls: ClientConfig) -> Self {
        Self { tls, kept: Mutex::default() }
    }

    /// The module's client for a target whose `addresses` were just checked.
    pub(super) fn get(
        &self,
        module: &str,
        target: &Target,
        mut addresses: Vec<SocketAddr>,
        ca: Option<&Ca>,
    ) -> Result<reqwest::Client, EgressError> {
        addresses.sort();
        let place = Place {
            module: module.to_owned(),
            scheme: target.scheme,
            host: target.host().to_owned(),
            addresses,
            // Plain HTTP proves nothing to anybody.
            ca: ca.filter(|_| target.scheme == Scheme::Https).cloned(),
        };
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get_mut(&place) {
            found.used = now;
            return Ok(found.client.clone());
        }
        let client = self.build(&place)?;
        make_room(&mut kept, module, now);
        kept.insert(place, Kept { client: client.clone(), used: now });
        Ok(client)
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn build(&self, place: &Place) -> Result<reqwest::Client, EgressError> {
        let tls = match &place.ca {
            Some(ca) => ca.client_config()?,
            None => self.tls.clone(),
        };
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // The connection goes to what was checked, and nowhere else.
            .dns_resolver(Arc::new(Pinned(place.addresses.clone())))
            // Redirects are followed hop by hop, each checked.
            .redirect(reqwest::redirect::Policy::none())
            // Proxies of the environment would take requests past the policy.
            .no_proxy()
            .referer(false)
            .connector_layer(tower::layer::layer_fn(Timed))
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_PLACE)
            .http1_only()
            // Decoded by `reader`, which counts.
            .no_gzip()
            .user_agent(concat!("Caisson/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| EgressError::Other(format!("no client could be made: {error}")))
    }
}

/// One module's many hosts push out its own clients, not its neighbours'.
fn make_room(kept: &mut HashMap<Place, Kept>, module: &str, now: Instant) {
    // Whatever connections it had are closed by now.
    kept.retain(|_, client| now.duration_since(client.used) < IDLE * 2);
    let own = |place: &Place| place.module == module;
    while kept.keys().filter(|place| own(place)).count() >= KEPT_PER_MODULE {
        remove_oldest(kept, own);
    }
    while kept.len() >= KEPT {
        remove_oldest(kept, |_| true);
    }
}

fn remove_oldest(kept: &mut HashMap<Place, Kept>, among: impl Fn(&Place) -> bool) {
    let oldest = kept.iter().filter(|(place, _)| among(place)).min_by_key(|(_, client)| client.used);
    if let Some(place) = oldest.map(|(place, _)| place.clone()) {
        kept.remove(&place);
    }
}

/// Answers every name with the addresses that were checked, however the name is spelt by the time it is asked for.
struct Pinned(Vec<SocketAddr>);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        futures::future::ready(Ok(addresses)).boxed()
    }
}

tokio::task_local! {
    /// A client is shared by requests of different patience, so that it is each request's own.
    static CONNECT_WITHIN: Duration;
}

/// Whatever connection `request` has to make must stand within `limit`, TLS included.
pub(super) fn connecting_within<F: Future>(limit: Duration, request: F) -> impl Future<Output = F::Output> {
    CONNECT_WITHIN.scope(limit, request)
}

#[derive(Clone)]
struct Timed<S>(S);

impl<S, R> Service<R> for Timed<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, place: R) -> Self::Future {
        // Called while the request is polled, and so within its scope.
        let limit = CONNECT_WITHIN.try_with(|limit| *limit).unwrap_or(IDLE);
        let connected = tokio::time::timeout(limit, self.0.call(place));
        async move { connected.await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into())) }
            .boxed()
    }
}

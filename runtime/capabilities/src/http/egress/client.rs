//! Clients, each pinned to the addresses that were checked for one host. Kept between calls, so that connections are.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt;

use super::error::EgressError;
use super::target::Target;

/// How many hosts are remembered; the one asked for longest ago goes first.
const KEPT: usize = 256;

#[derive(Clone, PartialEq, Eq)]
struct Pin {
    host: String,
    addresses: Vec<SocketAddr>,
    connect_timeout: Duration,
}

pub(super) struct Clients {
    tls: ClientConfig,
    kept: Mutex<Vec<(Pin, reqwest::Client)>>,
}

impl Clients {
    pub(super) fn new() -> Result<Self, EgressError> {
        let tls = ClientConfig::with_platform_verifier().map_err(|error| {
            EgressError::Tls(format!("the system's certificates cannot be read: {error}"))
        })?;
        Ok(Self { tls, kept: Mutex::default() })
    }

    pub(super) fn get(
        &self,
        target: &Target,
        addresses: &[SocketAddr],
        connect_timeout: Duration,
    ) -> Result<reqwest::Client, EgressError> {
        let mut sorted = addresses.to_vec();
        sorted.sort();
        let pin = Pin { host: target.host().to_owned(), addresses: sorted, connect_timeout };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = kept.iter().position(|(known, _)| *known == pin) {
            let found = kept.remove(index);
            let client = found.1.clone();
            kept.push(found);
            return Ok(client);
        }
        let client = self.build(&pin)?;
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((pin, client.clone()));
        Ok(client)
    }

    fn build(&self, pin: &Pin) -> Result<reqwest::Client, EgressError> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            // The connection goes to what was checked, and nowhere else.
            .resolve_to_addrs(&pin.host, &pin.addresses)
            // Redirects are followed hop by hop, each checked.
            .redirect(reqwest::redirect::Policy::none())
            // Proxies of the environment would take requests past the policy.
            .no_proxy()
            .referer(false)
            .connect_timeout(pin.connect_timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .http1_only()
            .gzip(true)
            .user_agent(concat!("Caisson/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| EgressError::Other(format!("no client could be made: {error}")))
    }
}

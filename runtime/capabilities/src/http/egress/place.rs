//! Connections that are not HTTP: the same names, the same checks.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use url::Host;

use super::Egress;
use super::error::EgressError;
use super::provider::Provider;

/// A host and a port as a guest named them, spelled as grants spell them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    host: String,
    literal: Option<IpAddr>,
    port: u16,
}

impl Place {
    /// # Errors
    /// What is wrong, in a sentence.
    pub(crate) fn parse(host: &str, port: u16) -> Result<Self, String> {
        if port == 0 {
            return Err("0 is not a port".to_owned());
        }
        let unreadable = |_| "the host is neither a name nor an address".to_owned();
        // The parser of URLs, and so of grants: it knows every spelling of an address.
        let parsed = match host.parse::<Ipv6Addr>() {
            Ok(address) => Host::Ipv6(address),
            Err(_) => Host::parse(host).map_err(unreadable)?,
        };
        let (host, literal) = match parsed {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                if name.is_empty() || name.len() > 253 {
                    return Err("the host name is empty or too long".to_owned());
                }
                (name.to_owned(), None)
            }
            Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
            Host::Ipv6(address) => (format!("[{address}]"), Some(IpAddr::V6(address))),
        };
        Ok(Self { host, literal, port })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What the other side's certificate must name.
    pub(crate) fn server_name(&self) -> Result<ServerName<'static>, EgressError> {
        match self.literal {
            Some(address) => Ok(ServerName::IpAddress(address.into())),
            None => ServerName::try_from(self.host.clone())
                .map_err(|_| EgressError::Invalid(format!("{} cannot stand in a certificate", self.host))),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Addresses that were checked, and the module's turn to connect to them.
#[derive(Debug)]
pub(crate) struct Route {
    addresses: Vec<SocketAddr>,
    opened: bool,
    _turn: OwnedSemaphorePermit,
}

impl Egress {
    /// Who plays the network, in a rehearsal.
    pub(crate) fn provider(&self) -> Option<&dyn Provider> {
        self.0.config.provider.as_deref()
    }

    /// The way to a place that a grant covers. Its name is resolved here, once; the turn lasts as long as the route is kept.
    ///
    /// # Errors
    /// Where the name does not resolve, or leads to an address that modules may not reach.
    pub(crate) async fn route(&self, module: &str, place: &Place) -> Result<Route, EgressError> {
        if self.0.config.provider.is_some() {
            return Err(EgressError::Connect(format!("{place} is not reached in a rehearsal")));
        }
        let turn = self.turn(module).await?;
        let exceptions = &self.0.config.allow_private;
        let addresses = self.0.resolver.resolve(&place.host, place.literal, place.port, exceptions).await?;
        let opened = addresses
            .iter()
            .all(|address| exceptions.iter().any(|one| one.covers(address.ip(), address.port())));
        Ok(Route { addresses, opened, _turn: turn })
    }
}

impl Route {
    /// Whether the operator named every one of these addresses.
    pub(crate) fn is_opened(&self) -> bool {
        self.opened
    }

    /// A connection to the first address that takes it. Each has its share of the time, so that one which does not answer leaves
    /// some for the next.
    pub(crate) async fn connect(&self, deadline: Instant) -> io::Result<TcpStream> {
        let mut failed = io::Error::from(io::ErrorKind::TimedOut);
        for (index, address) in self.addresses.iter().enumerate() {
            let waiting = u32::try_from(self.addresses.len() - index).unwrap_or(u32::MAX);
            let share = deadline.saturating_duration_since(Instant::now()) / waiting;
            match tokio::time::timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = error,
                Err(_) => failed = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failed)
    }
}

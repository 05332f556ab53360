//! Names to addresses, once a hop, each of them checked.

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

use super::addresses::{PrivateException, is_special_use};
use super::error::EgressError;

/// Asks the system's name servers, or one of the operator's choice.
pub(super) struct Resolver {
    resolver: Option<TokioResolver>,
}

impl Resolver {
    /// A machine without name servers still reaches addresses; names then do not resolve.
    pub(super) fn new(nameserver: Option<SocketAddr>) -> Self {
        let builder = match nameserver {
            None => TokioResolver::builder_tokio(),
            Some(server) => {
                let mut connection = ConnectionConfig::udp();
                connection.port = server.port();
                let server = NameServerConfig::new(server.ip(), true, vec![connection]);
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
            }
        };
        let resolver = builder.and_then(hickory_resolver::ResolverBuilder::build);
        if let Err(error) = &resolver {
            tracing::warn!(%error, "no name server is configured; modules reach hosts by address only");
        }
        Self { resolver: resolver.ok() }
    }

    /// The addresses a hop, or any other connection, may go to. One address that is not allowed refuses them all: a name that mixes them is an attack.
    pub(super) async fn resolve(
        &self,
        host: &str,
        literal: Option<IpAddr>,
        port: u16,
        exceptions: &[PrivateException],
    ) -> Result<Vec<SocketAddr>, EgressError> {
        let addresses = match literal {
            Some(address) => vec![address],
            None => self.lookup(host).await?,
        };
        for address in &addresses {
            let excepted = exceptions.iter().any(|exception| exception.covers(*address, port));
            if is_special_use(*address) && !excepted {
                return Err(EgressError::Denied {
                    grant: "egress.allow_private".to_owned(),
                    reason: format!(
                        "{host} is a private address; the panel's operator has not opened it to modules."
                    ),
                });
            }
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, EgressError> {
        let unknown = || EgressError::Resolve(format!("the name {name} does not resolve"));
        let resolver = self.resolver.as_ref().ok_or_else(unknown)?;
        // With its dot a name is complete: search domains of this machine are none of a guest's business.
        let found = resolver.lookup_ip(format!("{name}.")).await.map_err(|_| unknown())?;
        let addresses: Vec<IpAddr> = found.iter().collect();
        if addresses.is_empty() { Err(unknown()) } else { Ok(addresses) }
    }
}

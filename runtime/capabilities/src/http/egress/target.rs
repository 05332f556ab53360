//! One parser for every URL: what was checked is what is asked.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::EgressError;
use super::rule::Scheme;

/// Longest URL.
const URL_MAX: usize = 8 * 1024;

/// A URL that a request may go to, if a grant covers it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) scheme: Scheme,
    pub(super) port: u16,
    host: String,
    pub(super) address: Option<IpAddr>,
}

impl Target {
    /// What a guest wrote.
    pub(super) fn parse(text: &str) -> Result<Self, EgressError> {
        let invalid = |reason: &str| Err(EgressError::Invalid(reason.to_owned()));
        if text.len() > URL_MAX {
            return invalid("the URL is longer than 8 KiB");
        }
        // The parser drops tabs and line breaks, and trims; what a guest meant by them is not ours to guess.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return invalid("the URL has white space or control characters in it; encode them");
        }
        if text.contains('\\') {
            return invalid("the URL has a backslash in it; encode it");
        }
        match Url::parse(text) {
            Ok(url) => Self::of(url),
            Err(error) => Err(EgressError::Invalid(format!("the URL cannot be read: {error}"))),
        }
    }

    /// What a redirect named, or a guest.
    pub(super) fn of(mut url: Url) -> Result<Self, EgressError> {
        let invalid = |reason: String| Err(EgressError::Invalid(reason));
        let Some(scheme) = Scheme::parse(url.scheme()) else {
            return invalid(format!(
                "'{}' is not a scheme that can be requested: http or https",
                url.scheme()
            ));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return invalid("the URL carries a user name or password; use a credential".to_owned());
        }
        url.set_fragment(None);
        let spelt = url.host().map(|host| host.to_string()).unwrap_or_default();
        let (host, address) = match url.host() {
            None => return invalid("the URL names no host".to_owned()),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                if name.is_empty() || name.len() > 253 {
                    return invalid("the URL's host name is empty or too long".to_owned());
                }
                let name = name.to_owned();
                // One spelling from here on: in the request, in TLS, and in what is resolved.
                if url.set_host(Some(&name)).is_err() {
                    return invalid("the URL's host name cannot be read".to_owned());
                }
                (name, None)
            }
            Some(Host::Ipv4(address)) => (spelt, Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (spelt, Some(IpAddr::V6(address))),
        };
        match url.port_or_known_default() {
            None | Some(0) => invalid("the URL names no port".to_owned()),
            Some(port) => Ok(Self { scheme, port, host, address, url }),
        }
    }

    /// Lower case, IDNA-encoded, an IPv6 address in brackets: as grants spell it, by the same parser.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
    }
}

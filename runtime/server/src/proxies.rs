//! Who asks, where reverse proxies stand before the panel: what they say of it is believed, what anybody else says is not.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::Deserialize;

/// Each proxy appends whom it heard from.
const FORWARDED: &str = "x-forwarded-for";

/// An address of a proxy, or the network of several.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Proxy(IpNet);

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        read.map(Self)
            .map_err(|_| format!("'{text}' is no address or network, such as 127.0.0.1 or 10.0.0.0/8"))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address that a request came from: the last one that is no proxy's. What stands before it in the header may be anybody's word.
pub(crate) fn client(proxies: &[Proxy], peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|Proxy(network)| network.contains(&address));
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    if !is_proxy(peer.ip()) {
        return peer;
    }
    let lines = headers.get_all(FORWARDED).iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = SocketAddr::new(address.to_canonical(), 0);
        if !is_proxy(nearest.ip()) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed_and_only_about_whom_they_heard() {
        let proxies =
            ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| Proxy::try_from(text.to_owned()).unwrap());
        let cases: [(&str, &[&str], &str); 11] = [
            ("203.0.113.9:4000", &["198.51.100.1"], "203.0.113.9:4000"),
            ("127.0.0.1:4000", &[], "127.0.0.1:4000"),
            ("127.0.0.1:4000", &["198.51.100.1"], "198.51.100.1:0"),
            ("127.0.0.1:4000", &["192.0.2.66, 198.51.100.1"], "198.51.100.1:0"),
            ("127.0.0.1:4000", &["192.0.2.66", "198.51.100.1,10.1.2.3"], "198.51.100.1:0"),
            ("127.0.0.1:4000", &["10.9.9.9, 10.1.2.3"], "10.9.9.9:0"),
            ("127.0.0.1:4000", &["198.51.100.1, unknown, 10.1.2.3"], "10.1.2.3:0"),
            ("127.0.0.1:4000", &["unknown"], "127.0.0.1:4000"),
            ("[::ffff:127.0.0.1]:4000", &["2001:db8::1"], "[2001:db8::1]:0"),
            ("[fd00::7]:4000", &["::ffff:198.51.100.1"], "198.51.100.1:0"),
            ("[::1]:4000", &["198.51.100.1"], "[::1]:4000"),
        ];
        for (peer, lines, expected) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED, line.parse().unwrap());
            }
            let found = client(&proxies, peer.parse().unwrap(), &headers);
            assert_eq!(found, expected.parse().unwrap(), "{peer} {lines:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_told() {
        let refused = Proxy::try_from("localhost".to_owned()).unwrap_err();
        assert_eq!(refused, "'localhost' is no address or network, such as 127.0.0.1 or 10.0.0.0/8");
    }
}

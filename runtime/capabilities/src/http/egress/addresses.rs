//! Which addresses are somebody's private affair.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// IANA's special-purpose IPv4 registry, and what a hosting network keeps to itself.
const SPECIAL_V4: [(Ipv4Addr, u8); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Global unicast is `2000::/3`; everything else is special, and within it these are.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is anything but an ordinary place on the public internet.
#[must_use]
pub fn is_special_use(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => SPECIAL_V4
            .iter()
            .any(|(net, length)| Ipv4Net::new(*net, *length).is_ok_and(|net| net.contains(&v4))),
        IpAddr::V6(v6) => {
            // Mapped addresses are IPv4 in disguise; NAT64, 6to4 and Teredo, which lead there too, lie in the ranges refused.
            if v6.to_ipv4_mapped().is_some() {
                return true;
            }
            let global = v6.segments()[0] & 0xe000 == 0x2000;
            !global
                || SPECIAL_V6
                    .iter()
                    .any(|(net, length)| Ipv6Net::new(*net, *length).is_ok_and(|net| net.contains(&v6)))
        }
    }
}

/// A private destination that the operator opened: addresses, and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateException {
    net: IpNet,
    port: u16,
}

impl PrivateException {
    /// Whether it opens this address and port.
    #[must_use]
    pub fn covers(&self, address: IpAddr, port: u16) -> bool {
        self.port == port && self.net.contains(&address)
    }
}

/// Text that is no exception.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an address and a port, such as 10.0.0.5:8081, 10.0.0.0/24:443 or [fd00::1]:443")]
pub struct ParseExceptionError(String);

impl FromStr for PrivateException {
    type Err = ParseExceptionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseExceptionError(text.to_owned());
        let (place, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let place = place.trim_start_matches('[').replace(']', "");
        let net = place
            .parse::<IpNet>()
            .or_else(|_| place.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| wrong())?;
        Ok(Self { net, port: port.parse().map_err(|_| wrong())? })
    }
}

impl fmt::Display for PrivateException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.net {
            IpNet::V4(net) => write!(f, "{net}:{}", self.port),
            IpNet::V6(net) => write!(f, "[{net}]:{}", self.port),
        }
    }
}

//! How often one address may call one module's webhook. Counted in memory: what is held back must not cost a write.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caisson_types::ModuleKey;

const WINDOW: Duration = Duration::from_secs(60);
/// Far above what a provider sends to one panel, and far below what would keep it busy.
const PER_WINDOW: u32 = 600;
/// Pairs that are told apart in one window; all others count as one.
const PAIRS_MAX: usize = 10_000;

/// Counts of the window that runs.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Option<Window>>);

#[derive(Debug)]
struct Window {
    began: Instant,
    counts: HashMap<(ModuleKey, IpAddr), u32>,
}

impl Throttle {
    /// Counts a call and says whether it is let in.
    pub(crate) fn lets_in(&self, module: &ModuleKey, address: IpAddr) -> bool {
        self.count(module, address, Instant::now()) <= PER_WINDOW
    }

    fn count(&self, module: &ModuleKey, address: IpAddr, now: Instant) -> u32 {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Window { began: now, counts: HashMap::new() };
        let window = held.get_or_insert_with(fresh);
        if now.duration_since(window.began) >= WINDOW {
            *window = fresh();
        }
        let key = (module.clone(), network(address));
        let full = window.counts.len() >= PAIRS_MAX && !window.counts.contains_key(&key);
        let key = if full { (module.clone(), IpAddr::V4(Ipv4Addr::BROADCAST)) } else { key };
        let count = window.counts.entry(key).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// One subscriber has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_measure_in_each_minute() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let [gateway, other] = ["payment/till", "payment/other"].map(|key| key.parse::<ModuleKey>().unwrap());
        let [one, neighbour, elsewhere] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(|text| text.parse::<IpAddr>().unwrap());
        assert_eq!(throttle.count(&gateway, one, start), 1);
        assert_eq!(throttle.count(&gateway, neighbour, start), 2);
        assert_eq!(throttle.count(&gateway, elsewhere, start), 1);
        assert_eq!(throttle.count(&other, one, start), 1);
        assert_eq!(throttle.count(&gateway, one, start + WINDOW), 1);
        for _ in 0..PER_WINDOW {
            assert!(throttle.lets_in(&other, one));
        }
        assert!(!throttle.lets_in(&other, one));
    }

    #[test]
    fn its_memory_is_bounded() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let gateway: ModuleKey = "payment/till".parse().unwrap();
        for host in 0..20_000_u32 {
            throttle.count(&gateway, IpAddr::V4(Ipv4Addr::from_bits(host)), now);
        }
        assert_eq!(throttle.0.lock().unwrap().as_ref().unwrap().counts.len(), PAIRS_MAX + 1);
    }
}

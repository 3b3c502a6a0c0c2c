//! How many connections there are, from where, and how many there may be.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus::{IntCounterVec, IntGauge};

use super::super::client_address::{TrustedProxies, network};

/// How many connections there may be at a time. 0 = no limit of this kind.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// In all.
    pub total: usize,
    /// From one address (IPv6: from one /64) that is no trusted proxy.
    pub per_address: usize,
    /// From one trusted proxy.
    pub per_proxy: usize,
}

/// Counts the connections of a listener.
pub struct Census {
    caps: Caps,
    proxies: Arc<TrustedProxies>,
    counted: Mutex<Counted>,
    open: IntGauge,
    refused: IntCounterVec,
}

#[derive(Default)]
struct Counted {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place among the connections; free again when dropped.
pub struct Seat {
    census: Arc<Census>,
    address: IpAddr,
}

impl Census {
    /// Of a listener without connections. `refused` has the label `reason`: total, address or proxy.
    pub fn new(
        caps: Caps,
        proxies: Arc<TrustedProxies>,
        open: IntGauge,
        refused: IntCounterVec,
    ) -> Arc<Self> {
        Arc::new(Self { caps, proxies, counted: Mutex::default(), open, refused })
    }

    /// Takes a connection in; `None` if there are too many.
    pub fn seat(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let peer = peer.to_canonical();
        let (address, cap, reason) = if self.proxies.is_trusted(&peer) {
            (peer, self.caps.per_proxy, "proxy")
        } else {
            (network(peer), self.caps.per_address, "address")
        };
        let is_full = |count: usize, cap: usize| cap > 0 && count >= cap;
        let mut counted = self.counted();
        let reason = if is_full(counted.total, self.caps.total) {
            "total"
        } else if is_full(counted.by_address.get(&address).copied().unwrap_or_default(), cap) {
            reason
        } else {
            counted.total += 1;
            *counted.by_address.entry(address).or_default() += 1;
            self.open.set(i64::try_from(counted.total).unwrap_or(i64::MAX));
            return Some(Seat { census: Arc::clone(self), address });
        };
        drop(counted);
        self.refused.with_label_values(&[reason]).inc();
        None
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counted = self.census.counted();
        counted.total = counted.total.saturating_sub(1);
        if let Some(count) = counted.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counted.by_address.remove(&self.address);
            }
        }
        self.census.open.set(i64::try_from(counted.total).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use prometheus::Opts;

    use super::*;
    use crate::core::config::Config;

    #[test]
    fn each_address_has_its_share_and_a_proxy_its_own() {
        let config = Config::from_toml("[server]\ntrusted_proxies = [\"10.0.0.0/8\"]");
        let proxies = Arc::new(TrustedProxies::new(&config.expect("loads").server));
        let caps = Caps { total: 6, per_address: 2, per_proxy: 3 };
        let open = IntGauge::new("open", "open").expect("a gauge");
        let refused = IntCounterVec::new(Opts::new("refused", "refused"), &["reason"]);
        let census = Census::new(caps, proxies, open.clone(), refused.expect("counters"));
        let seat = |address: &str| census.seat(address.parse().expect("an address"));
        let first = [seat("192.0.2.1"), seat("::ffff:192.0.2.1")];
        assert!(first.iter().all(Option::is_some));
        assert!(seat("192.0.2.1").is_none());
        let neighbours = [seat("2001:db8::1"), seat("2001:db8::2")];
        assert!(neighbours.iter().all(Option::is_some));
        assert!(seat("2001:db8::3").is_none());
        drop(neighbours);
        let proxied = [seat("10.0.0.1"), seat("10.0.0.1"), seat("10.0.0.1")];
        assert!(proxied.iter().all(Option::is_some));
        assert!(seat("10.0.0.1").is_none());
        let last = seat("192.0.2.2");
        assert!(last.is_some() && seat("192.0.2.3").is_none());
        assert_eq!(open.get(), 6);
        drop((first, proxied, last));
        assert_eq!(open.get(), 0);
        assert!(census.counted().by_address.is_empty());
    }
}

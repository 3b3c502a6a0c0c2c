//! Connections of clients.

use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// Counts connections of clients.
pub struct ConnectionMetrics {
    /// Open ones by `listener`: public, operations.
    pub open: IntGaugeVec,
    /// Those that were closed at once, by `reason`: total, address, proxy.
    pub refused: IntCounterVec,
    /// Those that were closed because the client took its answer too slowly.
    pub slow_readers: IntCounter,
    /// Bytes of answers that clients have not taken yet.
    pub unread_bytes: IntGauge,
}

impl ConnectionMetrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let open = Opts::new("coffee_connections", "Open connections of clients");
        let refused = Opts::new(
            "coffee_connections_refused_total",
            "Connections that were closed at once because there were too many",
        );
        let metrics = Self {
            open: IntGaugeVec::new(open, &["listener"])?,
            refused: IntCounterVec::new(refused, &["reason"])?,
            slow_readers: IntCounter::new(
                "coffee_slow_readers_total",
                "Connections that were closed because the client took its answer too slowly",
            )?,
            unread_bytes: IntGauge::new(
                "coffee_unread_bytes",
                "Bytes of answers that clients have not taken yet",
            )?,
        };
        registry.register(Box::new(metrics.open.clone()))?;
        registry.register(Box::new(metrics.refused.clone()))?;
        registry.register(Box::new(metrics.slow_readers.clone()))?;
        registry.register(Box::new(metrics.unread_bytes.clone()))?;
        Ok(metrics)
    }
}

//! Requests at work, and those that wait for a place.

use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

const LANES: [&str; 3] = ["module", "identity", "collector"];

/// Counts the requests of one lane.
#[derive(Clone)]
pub struct WorkMetrics {
    /// At work.
    pub running: IntGauge,
    /// Waiting for a place.
    pub waiting: IntGauge,
    /// Refused because too many waited.
    pub refused: IntCounter,
    /// Refused because no place became free in time.
    pub late: IntCounter,
}

impl WorkMetrics {
    pub(super) fn new(registry: &Registry) -> Result<[Self; 3], prometheus::Error> {
        let gauge = |name: &str, help: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &["lane"])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let running = gauge("coffee_work_running", "Requests at work")?;
        let waiting = gauge("coffee_work_waiting", "Requests that wait for others to end")?;
        let help = "Requests that were not begun because too many were at work";
        let refused =
            IntCounterVec::new(Opts::new("coffee_work_refused_total", help), &["lane", "reason"])?;
        registry.register(Box::new(refused.clone()))?;
        Ok(LANES.map(|lane| Self {
            running: running.with_label_values(&[lane]),
            waiting: waiting.with_label_values(&[lane]),
            refused: refused.with_label_values(&[lane, "queue"]),
            late: refused.with_label_values(&[lane, "wait"]),
        }))
    }
}

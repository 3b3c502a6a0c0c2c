//! Metrics of the outbox and of messages.

use prometheus::core::Collector;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry,
};

/// Buckets of the time from an event's insert to the broker's confirm, in seconds.
const CARRY_BUCKETS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.25, 1.0, 10.0];
/// Buckets of the time that a message takes with all its attempts, in seconds.
const MESSAGE_BUCKETS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0, 60.0];

/// Counters and gauges of the outbox, the relay and the handlers.
pub struct EventMetrics {
    /// Events in the outbox, counted up to 100,000.
    pub waiting: IntGauge,
    /// Age of the oldest of them in seconds.
    pub waiting_seconds: Gauge,
    /// Events that are kept because nothing takes them.
    pub failed: IntGauge,
    /// Events that wait because what they need at the broker is not as it should be.
    pub held: IntGauge,
    /// Events that the broker confirmed or a handler took.
    pub carried: IntCounter,
    /// Seconds from an event's insert until it was carried.
    pub carried_seconds: Histogram,
    /// Events that no queue took.
    pub unroutable: IntCounter,
    /// Events without a handler where there is no broker, by `topic`.
    pub unheard: IntCounterVec,
    /// Times that a relay lost the broker or the store.
    pub relay_failures: IntCounter,
    /// Messages by `handler` and `result`: done, duplicate, dead, away.
    pub messages: IntCounterVec,
    /// Seconds from a message's arrival to its outcome, by `handler`.
    pub message_seconds: HistogramVec,
    /// Messages that wait for the flush of their batch, by `handler`.
    pub collected: IntGaugeVec,
}

impl EventMetrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        Ok(Self {
            waiting: add(
                registry,
                IntGauge::new("coffee_outbox_events", "Events that wait, at most 100000"),
            )?,
            waiting_seconds: add(
                registry,
                Gauge::new("coffee_outbox_oldest_seconds", "Age of the oldest event that waits"),
            )?,
            failed: add(
                registry,
                IntGauge::new(
                    "coffee_outbox_failed_events",
                    "Events kept because nothing takes them",
                ),
            )?,
            held: add(
                registry,
                IntGauge::new(
                    "coffee_outbox_held_events",
                    "Events whose queue or exchange is not as it should be, at most 100000",
                ),
            )?,
            carried: add(
                registry,
                IntCounter::new("coffee_events_carried_total", "Events confirmed or handled"),
            )?,
            carried_seconds: add(
                registry,
                Histogram::with_opts(
                    HistogramOpts::new(
                        "coffee_event_carried_seconds",
                        "Seconds from an event's insert until it was carried",
                    )
                    .buckets(CARRY_BUCKETS.to_vec()),
                ),
            )?,
            unroutable: add(
                registry,
                IntCounter::new("coffee_events_unroutable_total", "Events that no queue took"),
            )?,
            unheard: add(
                registry,
                IntCounterVec::new(
                    Opts::new("coffee_events_unheard_total", "Events without a handler or broker"),
                    &["topic"],
                ),
            )?,
            relay_failures: add(
                registry,
                IntCounter::new("coffee_relay_failures_total", "Times that carrying failed"),
            )?,
            messages: add(
                registry,
                IntCounterVec::new(
                    Opts::new("coffee_messages_total", "Messages by handler and result"),
                    &["handler", "result"],
                ),
            )?,
            message_seconds: add(
                registry,
                HistogramVec::new(
                    HistogramOpts::new(
                        "coffee_message_seconds",
                        "Seconds from a message's arrival to its outcome",
                    )
                    .buckets(MESSAGE_BUCKETS.to_vec()),
                    &["handler"],
                ),
            )?,
            collected: add(
                registry,
                IntGaugeVec::new(
                    Opts::new(
                        "coffee_batch_messages",
                        "Messages that wait for their batch's flush",
                    ),
                    &["handler"],
                ),
            )?,
        })
    }
}

fn add<M: Collector + Clone + 'static>(
    registry: &Registry,
    metric: Result<M, prometheus::Error>,
) -> Result<M, prometheus::Error> {
    let metric = metric?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

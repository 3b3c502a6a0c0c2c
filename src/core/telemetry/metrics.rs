//! Prometheus metrics of one process. Each application instance has its own registry, so that
//! several can live in one process under test.

use std::collections::HashMap;
use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use super::connections::ConnectionMetrics;
use super::events::EventMetrics;
use super::jobs::JobMetrics;
use super::profile_search::ProfileSearchMetrics;
use super::routes::RouteMetrics;
use super::store_connections::ConnectionGauges;
use super::stores::StoreMetrics;
use super::work::WorkMetrics;
use crate::core::config::MetricsConfig;

/// Buckets of request durations in seconds.
const ANSWER_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Buckets of request durations in milliseconds, as they always were.
const REQUEST_BUCKETS_MS: [f64; 7] = [300.0, 500.0, 1000.0, 5000.0, 10000.0, 20000.0, 30000.0];

/// Every metric of the process.
pub struct Metrics {
    registry: Registry,
    /// Answers by route template: requests, durations in milliseconds, answers of a service.
    pub routes: RouteMetrics,
    /// Look-ups of the gateway by `cache`, `layer`, `result`.
    pub cache_requests: IntCounterVec,
    /// Requests by `limit` and `result`: admitted, refused, unchecked.
    pub limit_requests: IntCounterVec,
    /// Calls of the limiter to Redis by `result`: granted, refused, error.
    pub limiter_calls: IntCounterVec,
    /// Layer 1 of the sessions, out of [`Self::cache_requests`].
    pub sessions: CacheCounters,
    /// Layer 1 of the contract lists, out of [`Self::cache_requests`].
    pub contracts: CacheCounters,
    /// Whether announcements of other processes arrive: 1 or 0.
    pub listening: IntGauge,
    /// Job batches by `handler` and `result`: COMPLETED, FAILED, REPEATED.
    pub job_batches: IntCounterVec,
    /// PostgreSQL statements.
    pub statements: StatementMetrics,
    /// What the stores are asked.
    pub stores: StoreMetrics,
    /// Whether a store answered its last check: 1 or 0, by `store`.
    pub store_up: IntGaugeVec,
    /// Parts that do not work as they should, by `part` and `cause`: 1 while they do not.
    pub degraded: IntGaugeVec,
    /// Connections of clients.
    pub connections: ConnectionMetrics,
    /// Requests at work, by lane.
    pub work: [WorkMetrics; 3],
    /// Connections to stores.
    pub store_connections: ConnectionGauges,
    /// When the derived tables that answers read were published, as the last run of the job
    /// `warehouse` in this process saw it.
    pub derived_published: IntGauge,
    /// Searches for profiles.
    pub profile_search: ProfileSearchMetrics,
    /// Scheduled jobs.
    pub jobs: JobMetrics,
    /// Panics caught in handlers and tasks.
    pub panics: IntCounter,
    /// Outbox and messages.
    pub events: EventMetrics,
}

/// Counters of an in-process cache, resolved once.
pub struct CacheCounters {
    /// Answered in process.
    pub l1_hit: IntCounter,
    /// Had to be asked for.
    pub l1_miss: IntCounter,
}

impl CacheCounters {
    fn new(requests: &IntCounterVec, cache: &str) -> Self {
        let counter = |result| requests.with_label_values(&[cache, "l1", result]);
        Self { l1_hit: counter("hit"), l1_miss: counter("miss") }
    }
}

/// Counts statements and logs slow ones.
pub struct StatementMetrics {
    count: IntCounter,
    seconds: StoreMetrics,
    slow: Duration,
}

impl StatementMetrics {
    /// Records one statement.
    pub fn observe(&self, sql: &str, took: Duration) {
        self.count.inc();
        self.seconds.statement(sql, took);
        if took >= self.slow {
            tracing::warn!(took_ms = took.as_millis() as u64, sql, "slow statement");
        } else {
            tracing::debug!(took_ms = took.as_millis() as u64, sql, "statement");
        }
    }

    /// Statements so far.
    pub fn count(&self) -> u64 {
        self.count.get()
    }
}

impl Metrics {
    /// Registers every metric. Statements slower than `slow_statement` are logged; `named` are the
    /// values of clients that become labels.
    ///
    /// # Errors
    /// A name registered twice.
    pub fn new(slow_statement: Duration, named: &MetricsConfig) -> Result<Self, prometheus::Error> {
        let service = HashMap::from([("service".to_owned(), "coffee".to_owned())]);
        let registry = Registry::new_custom(None, Some(service))?;
        let counters = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let durations = HistogramVec::new(
            HistogramOpts::new(
                "chi_pattern_request_duration_milliseconds",
                "Duration of requests in milliseconds",
            )
            .buckets(REQUEST_BUCKETS_MS.to_vec()),
            &["code", "method", "path"],
        )?;
        registry.register(Box::new(durations.clone()))?;
        let answer_seconds = HistogramVec::new(
            HistogramOpts::new("coffee_answer_seconds", "Seconds until a request was answered")
                .buckets(ANSWER_BUCKETS.to_vec()),
            &["route"],
        )?;
        registry.register(Box::new(answer_seconds.clone()))?;
        let store_up = IntGaugeVec::new(
            Opts::new("coffee_store_up", "Whether the store answered its last check"),
            &["store"],
        )?;
        registry.register(Box::new(store_up.clone()))?;
        let degraded = IntGaugeVec::new(
            Opts::new(
                "coffee_degraded",
                "Parts that do not work while the rest of the process serves",
            ),
            &["part", "cause"],
        )?;
        registry.register(Box::new(degraded.clone()))?;
        let listening = IntGauge::new(
            "gateway_revocation_listening",
            "Whether announcements of ended sessions arrive from other processes",
        )?;
        registry.register(Box::new(listening.clone()))?;
        let derived_published = IntGauge::new(
            "coffee_derived_published_timestamp_seconds",
            "Publication of the time series, leaderboards, genres and trending content that answers \
             read, seconds since 1970",
        )?;
        registry.register(Box::new(derived_published.clone()))?;
        let cache_requests = counters(
            "gateway_cache_requests_total",
            "Look-ups of sessions and contracts",
            &["cache", "layer", "result"],
        )?;
        let stores = StoreMetrics::new(&registry)?;
        let process = prometheus::process_collector::ProcessCollector::for_self();
        registry.register(Box::new(process))?;
        Ok(Self {
            routes: RouteMetrics::new(
                named,
                [
                    counters(
                        "chi_pattern_requests_total",
                        "Requests by status, method and route",
                        &["code", "method", "path"],
                    )?,
                    counters(
                        "requests_winkl",
                        "Answers under a service prefix",
                        &["method", "path", "channel", "clientId", "responseStatus"],
                    )?,
                    counters(
                        "coffee_answers_total",
                        "Answers by route and outcome, whatever the HTTP status says",
                        &["route", "outcome"],
                    )?,
                ],
                [durations, answer_seconds],
            ),
            limit_requests: counters(
                "gateway_limit_requests_total",
                "Requests that a rate limit admitted, refused or could not check",
                &["limit", "result"],
            )?,
            limiter_calls: counters(
                "coffee_limiter_redis_calls_total",
                "Calls of the rate limiter to Redis",
                &["result"],
            )?,
            sessions: CacheCounters::new(&cache_requests, "session"),
            contracts: CacheCounters::new(&cache_requests, "contracts"),
            cache_requests,
            listening,
            job_batches: counters(
                "coffee_job_batches_total",
                "Job batches worked on, and deliveries that only repeated a report",
                &["handler", "result"],
            )?,
            statements: StatementMetrics {
                count: counter("coffee_postgres_statements_total", "PostgreSQL statements")?,
                seconds: stores.clone(),
                slow: slow_statement,
            },
            stores,
            store_up,
            degraded,
            connections: ConnectionMetrics::new(&registry)?,
            work: WorkMetrics::new(&registry)?,
            store_connections: ConnectionGauges::new(&registry)?,
            derived_published,
            profile_search: ProfileSearchMetrics::new(&registry)?,
            jobs: JobMetrics::new(&registry)?,
            panics: counter("coffee_panics_total", "Panics caught in handlers and tasks")?,
            events: EventMetrics::new(&registry)?,
            registry,
        })
    }

    /// Text exposition of all metrics.
    ///
    /// # Errors
    /// A metric that cannot be encoded.
    pub fn render(&self) -> Result<Vec<u8>, prometheus::Error> {
        self.store_connections.refresh();
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

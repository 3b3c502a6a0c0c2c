//! Metrics of scheduled jobs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry};

/// Buckets of run times in seconds.
const BUCKETS: [f64; 8] = [0.1, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0, 3600.0];

/// Runs of this process.
pub struct JobMetrics {
    runs: IntCounterVec,
    durations: HistogramVec,
    last_success: IntGaugeVec,
}

impl JobMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// A name registered twice.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let runs = Opts::new(
            "coffee_job_runs_total",
            "Runs of jobs by outcome: done, failed, panicked, timed_out, stopped",
        );
        let durations =
            HistogramOpts::new("coffee_job_duration_seconds", "Duration of runs in seconds");
        let last_success = Opts::new(
            "coffee_job_last_success_timestamp_seconds",
            "End of the last successful run of this process, seconds since 1970",
        );
        let metrics = Self {
            runs: IntCounterVec::new(runs, &["job", "outcome"])?,
            durations: HistogramVec::new(durations.buckets(BUCKETS.to_vec()), &["job"])?,
            last_success: IntGaugeVec::new(last_success, &["job"])?,
        };
        registry.register(Box::new(metrics.runs.clone()))?;
        registry.register(Box::new(metrics.durations.clone()))?;
        registry.register(Box::new(metrics.last_success.clone()))?;
        Ok(metrics)
    }

    /// Counts a run.
    pub fn observe(&self, job: &str, outcome: &str, took: Duration) {
        self.runs.with_label_values(&[job, outcome]).inc();
        self.durations.with_label_values(&[job]).observe(took.as_secs_f64());
    }

    /// Notes when a run succeeded.
    pub fn succeeded(&self, job: &str, at: DateTime<Utc>) {
        self.last_success.with_label_values(&[job]).set(at.timestamp());
    }
}

//! Metrics of scheduled jobs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry};

/// Buckets of run times in seconds.
const BUCKETS: [f64; 8] = [0.1, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0, 3600.0];

/// Runs of this process, and what it sees of the jobs of all.
pub struct JobMetrics {
    runs: IntCounterVec,
    durations: HistogramVec,
    last_success: IntGaugeVec,
    failures: IntGaugeVec,
    late: IntGaugeVec,
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
            "End of the last successful run of any replica, seconds since 1970",
        );
        let failures =
            Opts::new("coffee_job_failures", "Failed runs since the last successful one");
        let late = Opts::new(
            "coffee_job_overdue_seconds",
            "Seconds since the job should have begun; 0 = it is not overdue",
        );
        let metrics = Self {
            runs: IntCounterVec::new(runs, &["job", "outcome"])?,
            durations: HistogramVec::new(durations.buckets(BUCKETS.to_vec()), &["job"])?,
            last_success: IntGaugeVec::new(last_success, &["job"])?,
            failures: IntGaugeVec::new(failures, &["job"])?,
            late: IntGaugeVec::new(late, &["job"])?,
        };
        registry.register(Box::new(metrics.runs.clone()))?;
        registry.register(Box::new(metrics.durations.clone()))?;
        for gauge in [&metrics.last_success, &metrics.failures, &metrics.late] {
            registry.register(Box::new(gauge.clone()))?;
        }
        Ok(metrics)
    }

    /// Counts a run.
    pub fn observe(&self, job: &str, outcome: &str, took: Duration) {
        self.runs.with_label_values(&[job, outcome]).inc();
        self.durations.with_label_values(&[job]).observe(took.as_secs_f64());
    }

    /// Notes what is known of a job: failures in a row, how long ago it should have begun, and its last
    /// success.
    pub fn seen(&self, job: &str, failures: u32, late: Duration, success: Option<DateTime<Utc>>) {
        self.failures.with_label_values(&[job]).set(failures.into());
        let late = i64::try_from(late.as_secs()).unwrap_or(i64::MAX);
        self.late.with_label_values(&[job]).set(late);
        if let Some(success) = success {
            self.last_success.with_label_values(&[job]).set(success.timestamp());
        }
    }
}

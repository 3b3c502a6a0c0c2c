//! Searches for profiles, and how well the search table follows the accounts.

use prometheus::{Gauge, IntCounter, IntCounterVec, Opts, Registry};

/// Counts searches by who answered.
#[derive(Clone)]
pub struct ProfileSearchMetrics {
    served: IntCounterVec,
    /// Seconds since the oldest change was made that the search table does not have.
    pub lag: Gauge,
    /// Accounts of which the search table was not told, as the comparison found.
    pub lost: IntCounter,
}

impl ProfileSearchMetrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let help = "Searches for profiles by the store that answered, and why it was PostgreSQL";
        let served = Opts::new("coffee_profile_searches_total", help);
        let served = IntCounterVec::new(served, &["store", "reason"])?;
        let lag = Gauge::new(
            "coffee_profile_search_lag_seconds",
            "Age of the oldest change of an account that the search table does not have",
        )?;
        let lost = IntCounter::new(
            "coffee_profile_search_lost_total",
            "Accounts of which the search table was not told; they are repaired",
        )?;
        registry.register(Box::new(served.clone()))?;
        registry.register(Box::new(lag.clone()))?;
        registry.register(Box::new(lost.clone()))?;
        Ok(Self { served, lag, lost })
    }

    /// The search table answered.
    pub fn by_table(&self) {
        self.served.with_label_values(&["clickhouse", ""]).inc();
    }

    /// PostgreSQL answered, for this reason.
    pub fn by_postgres(&self, reason: &str) {
        self.served.with_label_values(&["postgresql", reason]).inc();
    }
}

//! What of a process does not work as it should while the rest of it serves: for readiness, metrics and
//! the log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use prometheus::IntGaugeVec;
use serde::Serialize;

/// One part that does not work as it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What it is: the name of a store, `queue NAME`, `topic NAME`.
    pub part: String,
    /// Why, in one word that metrics can carry.
    pub cause: String,
    /// Why, for people.
    pub reason: String,
}

/// The faults of a process at this moment.
pub struct Health {
    faults: Mutex<BTreeMap<String, Fault>>,
    gauge: IntGaugeVec,
}

impl Health {
    /// Nothing is wrong. `gauge` has the labels `part` and `cause`.
    pub fn new(gauge: IntGaugeVec) -> Self {
        Self { faults: Mutex::default(), gauge }
    }

    /// Something is wrong with a part; logged when it is news.
    pub fn degraded(&self, part: &str, cause: &str, reason: &str) {
        let fault =
            Fault { part: part.to_owned(), cause: cause.to_owned(), reason: reason.to_owned() };
        let mut faults = self.faults();
        let before = faults.insert(part.to_owned(), fault);
        if before.as_ref().is_some_and(|before| before.cause == cause) {
            return;
        }
        if let Some(before) = before {
            let _ = self.gauge.remove_label_values(&[part, &before.cause]);
        }
        self.gauge.with_label_values(&[part, cause]).set(1);
        tracing::warn!(part, cause, reason, "degraded; everything else goes on");
    }

    /// A part works as it should.
    pub fn restored(&self, part: &str) {
        let Some(before) = self.faults().remove(part) else { return };
        let _ = self.gauge.remove_label_values(&[part, &before.cause]);
        tracing::info!(part, "no longer degraded");
    }

    /// Whether a part does not work as it should, as far as is known.
    pub fn is_degraded(&self, part: &str) -> bool {
        self.faults().contains_key(part)
    }

    /// All of them, by part.
    pub fn list(&self) -> Vec<Fault> {
        self.faults().values().cloned().collect()
    }

    fn faults(&self) -> MutexGuard<'_, BTreeMap<String, Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

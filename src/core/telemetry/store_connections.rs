//! Connections in use and waited for, by store and pool.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

/// How many connections of a pool are in use, and how many wait for one.
pub type Load = (usize, usize);

/// Gauges that are read from the pools whenever they are asked for.
pub struct ConnectionGauges {
    in_use: IntGaugeVec,
    waiting: IntGaugeVec,
    pools: Mutex<Vec<Watched>>,
}

struct Watched {
    in_use: IntGauge,
    waiting: IntGauge,
    load: Box<dyn Fn() -> Load + Send + Sync>,
}

impl ConnectionGauges {
    /// Registers the metrics.
    ///
    /// # Errors
    /// A name registered twice.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &["store", "pool"])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        Ok(Self {
            in_use: gauge("coffee_connections_in_use", "Connections in use by store and pool")?,
            waiting: gauge(
                "coffee_connections_waiting",
                "Work that waits for a connection, by store and pool",
            )?,
            pools: Mutex::default(),
        })
    }

    /// Has a pool's `load` shown from now on.
    pub fn watch(
        &self,
        (store, pool): (&str, &str),
        load: impl Fn() -> Load + Send + Sync + 'static,
    ) {
        let of = |gauge: &IntGaugeVec| gauge.with_label_values(&[store, pool]);
        let watched =
            Watched { in_use: of(&self.in_use), waiting: of(&self.waiting), load: Box::new(load) };
        self.pools.lock().unwrap_or_else(PoisonError::into_inner).push(watched);
    }

    /// Reads the pools.
    pub fn refresh(&self) {
        for pool in self.pools.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let (in_use, waiting) = (pool.load)();
            pool.in_use.set(i64::try_from(in_use).unwrap_or(i64::MAX));
            pool.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        }
    }
}

/// Counts who waits.
#[derive(Clone, Default)]
pub struct Waiting(Arc<AtomicUsize>);

/// One who waits, until the drop.
pub struct Waiter(Waiting);

impl Waiting {
    /// One more, until the drop of what is returned.
    pub fn enter(&self) -> Waiter {
        self.0.fetch_add(1, Ordering::Relaxed);
        Waiter(self.clone())
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

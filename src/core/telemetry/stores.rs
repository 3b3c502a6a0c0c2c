//! Metrics of what the stores are asked.

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, Registry};

/// Buckets of the time that a store takes, in seconds.
const SECONDS: [f64; 14] =
    [0.000_25, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0];
/// Buckets of the rows and bytes that a query reads.
const ROWS: [f64; 8] = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const BYTES: [f64; 8] = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];

/// Times and amounts, by store and kind of question. Waiting for a place in a pool of PostgreSQL or Redis
/// counts; waiting for one of ClickHouse does not.
#[derive(Clone)]
pub struct StoreMetrics {
    read: Histogram,
    write: Histogram,
    commit: Histogram,
    query: Histogram,
    command: Histogram,
    rows: Histogram,
    bytes: Histogram,
}

impl StoreMetrics {
    pub(in crate::core) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = HistogramOpts::new("coffee_store_seconds", "Seconds that a store took");
        let seconds = HistogramVec::new(options.buckets(SECONDS.to_vec()), &["store", "kind"])?;
        registry.register(Box::new(seconds.clone()))?;
        let of = |store, kind| seconds.with_label_values(&[store, kind]);
        let amount = |name: &str, help: &str, buckets: [f64; 8]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let amount = Histogram::with_opts(options)?;
            registry.register(Box::new(amount.clone()))?;
            Ok::<_, prometheus::Error>(amount)
        };
        Ok(Self {
            read: of("postgres", "read"),
            write: of("postgres", "write"),
            commit: of("postgres", "commit"),
            query: of("clickhouse", "query"),
            command: of("redis", "command"),
            rows: amount("coffee_clickhouse_read_rows", "Rows that a query read", ROWS)?,
            bytes: amount("coffee_clickhouse_read_bytes", "Bytes that a query read", BYTES)?,
        })
    }

    /// A statement of PostgreSQL took so long.
    pub(super) fn statement(&self, sql: &str, took: Duration) {
        let kind = if writes(sql) { &self.write } else { &self.read };
        kind.observe(took.as_secs_f64());
    }

    /// The end of a unit of work took so long to store.
    pub fn commit(&self, took: Duration) {
        self.commit.observe(took.as_secs_f64());
    }

    /// A command of Redis took so long.
    pub fn command(&self, took: Duration) {
        self.command.observe(took.as_secs_f64());
    }

    /// A query of ClickHouse took so long.
    pub fn query(&self, took: Duration) {
        self.query.observe(took.as_secs_f64());
    }

    /// It read so many rows and bytes.
    pub fn read(&self, rows: u64, bytes: u64) {
        self.rows.observe(rows as f64);
        self.bytes.observe(bytes as f64);
    }
}

/// Whether a statement changes rows. One that begins with `WITH` may do so further on.
fn writes(sql: &str) -> bool {
    let begins = |word: &str| {
        let start = sql.trim_start().as_bytes();
        start.len() >= word.len() && start[..word.len()].eq_ignore_ascii_case(word.as_bytes())
    };
    let changes = ["INSERT ", "UPDATE ", "DELETE "];
    changes.into_iter().any(begins)
        || begins("WITH") && changes.into_iter().any(|word| sql.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_change_rows_are_writes() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            " update t set a = 1",
            "WITH gone AS (DELETE FROM t RETURNING id) SELECT count(*) FROM gone",
        ] {
            assert!(writes(sql), "{sql}");
        }
        for sql in ["SELECT 'INSERT '", "WITH a AS (SELECT 1) SELECT * FROM a", ""] {
            assert!(!writes(sql), "{sql}");
        }
    }
}

//! Mechanisms and shared vocabulary. Knows no use case: nothing here names a module or the gateway.

pub mod body;
pub mod caller;
pub mod clickhouse_engine;
pub mod config;
pub mod crud;
pub mod db;
pub mod error;
pub mod events;
pub mod files;
pub mod idempotency;
pub mod invalidation;
pub mod job_batch;
pub mod jobs;
pub mod limits;
pub mod outbound;
pub mod query;
pub mod respond;
pub mod session;
pub mod stores;
pub mod tasks;
pub mod telemetry;
pub mod tls;
pub mod token;
pub mod turns;
pub mod types;
pub mod work;

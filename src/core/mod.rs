//! Mechanisms and shared vocabulary. Knows no use case: nothing here names a module or the gateway.

pub mod caller;
pub mod config;
pub mod db;
pub mod error;
pub mod query;
pub mod respond;
pub mod session;
pub mod stores;
pub mod tasks;
pub mod telemetry;
pub mod types;
pub mod work;

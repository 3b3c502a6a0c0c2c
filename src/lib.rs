//! coffee: the backend on which brands find influencers, watch them grow, collect them into
//! campaigns and measure the result. One binary: gateway, API modules and background tasks.
//!
//! `ARCHITECTURE.md` maps the parts and walks one request through them.

pub mod app;
pub mod clickhouse_engine;
pub mod commands;
pub mod contract;
pub mod core;
pub mod gateway;
pub mod import;
pub mod modules;

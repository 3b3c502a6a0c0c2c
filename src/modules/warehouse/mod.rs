//! The derived tables of ClickHouse: time series, leaderboards, genre overview, trending content.
//!
//! Owns `accounts`, `account_periods`, `social_profile_time_series`, `leaderboard`, `genre_overview`
//! and `trending_content` there; reads the observed tables, which importers and collectors write. Each
//! table is rebuilt beside the one in use and takes its place at once, so readers never see half of it.
//! No routes, no events.

mod dao;
mod service;

pub use service::WarehouseService;

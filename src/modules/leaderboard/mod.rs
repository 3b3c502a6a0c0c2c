//! Ranked accounts of a month: `/leaderboard-service/api/leaderboard`.
//!
//! Reads the ClickHouse table `leaderboard`, which the warehouse derives; accounts and their weekly
//! series come from discovery. Writes nothing and emits nothing. The batches of `download_leaderboard_q` make files.

mod api;
mod dao;
mod dto;
mod entity;
mod listener;
mod manager;
mod service;

pub use api::routes;
pub use dto::{
    AccountInfoOut, Graph, LeaderboardEntryOut, LeaderboardMetricsOut, RankedMetricsOut,
};
pub use listener::subscriptions;
pub use service::{LeaderboardPage, LeaderboardService};

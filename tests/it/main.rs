//! Behaviour over HTTP against real stores. One binary, so that linking happens once.
#![recursion_limit = "256"] // for the larger documents in json!
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails fails its test"
)]

mod activity;
mod campaign_profile;
mod codes;
mod collection_analytics;
mod collection_group;
mod connections;
mod content;
mod contract;
mod discovery;
mod engine;
mod events;

mod gateway;
mod genre_insights;
mod golden;
mod identity;
mod import;
mod jobs;
mod keyword_collection;
mod leaderboard;
mod listeners;
mod mechanisms;
mod migrations;
mod post_collection;
mod process;
mod profile_collection;
mod profile_search;
mod support;
mod tenants;
mod usage;

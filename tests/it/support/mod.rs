//! A running application per test: own database, own ClickHouse database, own Redis prefix.

mod app;
mod client;
mod database;
mod forwarder;
mod listing;
mod seed;

pub use app::TestApp;
pub use client::{Answer, Client, send};
pub use database::Database;
pub use database::url;
pub use forwarder::Forwarder;
pub use listing::{Column, Listing, Sample, rows};

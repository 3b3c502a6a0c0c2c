//! A running application per test: own database, own ClickHouse database, own Redis prefix.

mod app;
mod client;
mod collector;
mod database;
mod forwarder;
mod listing;
mod seed;
mod usage;
mod session;

pub use app::TestApp;
pub use client::{Answer, Client, send};
pub use collector::Collector;
pub use database::Database;
pub use database::url;
pub use forwarder::Forwarder;
pub use listing::{Column, Listing, Sample, rows};
mod upstream;

pub use app::TestApp;
pub use client::{Answer, Client, send};
pub use upstream::{Listener, Upstream, Wire, generate};

//! A running application per test: own database, own ClickHouse database, own Redis prefix.

mod app;
mod client;
mod database;
mod seed;

pub use app::TestApp;
pub use client::{Answer, Client, send};
pub use database::Database;

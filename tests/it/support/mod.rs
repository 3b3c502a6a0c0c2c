//! A running application per test: own database, own ClickHouse database, own Redis prefix.

mod app;
mod client;
mod collector;
mod database;
pub mod events;
mod forwarder;
mod http_fake;
pub mod identity_fake;
mod listing;
pub mod partner_fake;
mod pooler;
mod process;
mod redis;
mod redis_cluster;
mod redis_server;
mod seed;
mod service_fake;
mod session;
pub mod stranger;
mod upstream;
mod usage;
mod values;

pub use app::TestApp;
pub use client::{Answer, Client, send, session_of, without_code};
pub use collector::Collector;
pub use database::{Database, url};
pub use forwarder::Forwarder;
pub use http_fake::{HttpFake, Seen};
pub use listing::{Column, Listing, rows};
pub use pooler::Pooler;
pub use process::ServerProcess;
pub use redis_cluster::RedisCluster;
pub use redis_server::RedisServer;
pub use service_fake::{Mode, ServiceFake};
pub use upstream::{Listener, Upstream, Wire, generate};
pub use values::filter_values;

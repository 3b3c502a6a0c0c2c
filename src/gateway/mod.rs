//! The gateway: everything between the socket and a module. Outermost first (`connection`, then `pipeline`):
//!
//! connection (`connection`) → recovery (`recover`) → CORS (`cors`) → request context (`context`) →
//! compression (`compression`) → log, metrics, slow log (`access_log`) → authentication (`authenticate`) →
//! rate limits (`limits`) → handler.
//!
//! It owns who the caller is; it touches no table of a module and knows no business rule.

mod access_log;
mod arrival;
mod authenticate;
mod authenticator;
mod client_address;
mod client_headers;
mod compression;
mod connection;
mod context;
mod contracts;
mod cors;
mod error_reports;
mod fallback;
mod heartbeat;
mod identity_client;
mod keep_body;
mod limits;
mod login_cache;
mod login_table;
mod operations;
mod partner_client;
mod pipeline;
mod proxy;
mod public;
mod recover;
mod revocation;
mod routes;
mod service_client;
mod single_flight;
mod sources;
mod spelling;

use std::sync::Arc;
use std::time::Duration;

use crate::core::config::ConfigError;
use crate::core::module::Module;
use crate::core::stores::Stores;
use crate::core::telemetry::SlowLog;
use crate::core::token::TokenKey;
use crate::modules::Modules;
use client_address::TrustedProxies;
use error_reports::ErrorReports;
use routes::Services;
use sources::{ContractSource, IdentitySource};

pub use access_log::RequestSpan;
pub use authenticator::Authenticator;
pub use connection::{Caps, Census, Listening, Policy, Times, raise_limit, serve};
pub use contracts::{Contracts, active_plan};
pub use cors::Cors;
pub use fallback::{RouteTable, unmatched};
pub use heartbeat::Heartbeat;
pub use limits::Limits;
pub use login_cache::{Login, LoginCache, Refusal};
pub use operations::routes as operations_routes;
pub use pipeline::{Worker, enter_operations, pipeline};
pub use proxy::Proxy;
pub use public::{Contract, routes as public_routes};
pub use revocation::listen;

/// State of the gateway, shared by all workers.
pub struct Gateway {
    /// Accepts or refuses tokens.
    pub authenticator: Arc<Authenticator>,
    /// Origins of browsers.
    pub cors: Cors,
    /// Rate limits of callers.
    pub limits: Limits,
    /// Whether the load balancer should send requests.
    pub heartbeat: Heartbeat,
    /// Prefixes served by other processes.
    pub proxy: Proxy,
    /// What is behind the prefixes.
    pub services: Services,
    /// What the modules need.
    pub modules: Arc<[Module]>,
    error_reports: ErrorReports,
    /// Load balancers in front.
    pub proxies: Arc<TrustedProxies>,
    log_bodies: bool,
    slow_log: SlowLog,
    stores: Stores,
}

impl Gateway {
    /// What the process shares.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Builds the gateway over the configured identity and partner services, else over the built-in
    /// ones.
    ///
    /// # Errors
    /// A token key, an address or a bound that is not usable.
    pub fn new(stores: &Stores, modules: &Modules) -> Result<Arc<Self>, ConfigError> {
        let config = &stores.config;
        let contracts = Contracts::new(
            stores.clone(),
            ContractSource::new(config, Arc::clone(&modules.partner))?,
        );
        let identity = IdentitySource::new(config, Arc::clone(&modules.identity))?;
        let key = TokenKey::new(&config.hmac_key()?);
        let authenticator = Authenticator::new(stores.clone(), key, identity, contracts)?;
        let proxies = Arc::new(TrustedProxies::new(&config.server));
        let slow = Duration::from_millis(config.log.slow_request_ms);
        Ok(Arc::new(Self {
            authenticator: Arc::new(authenticator),
            services: Services::new(&modules.all),
            modules: Arc::clone(&modules.all),
            cors: Cors::new(&config.cors),
            limits: Limits::new(stores, Arc::clone(&proxies)),
            error_reports: ErrorReports::new(),
            proxies,
            heartbeat: Heartbeat::default(),
            proxy: Proxy::new(config)?,
            log_bodies: config.log.response_bodies,
            slow_log: SlowLog::new(&config.log.slow_dir, slow),
            stores: stores.clone(),
        }))
    }
}

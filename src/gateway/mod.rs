//! The gateway: everything between the socket and a module. Outermost first:
//!
//! recovery (`recover`) → CORS (`cors`) → request context (`context`) → log, metrics, slow log
//! (`access_log`) → authentication (`authenticate`) → handler.
//! recovery ([`recover`]) → CORS ([`cors`]) → request context ([`context`]) → log, metrics, slow log
//! ([`observe`]) → authentication ([`authenticate`]) → rate limits ([`limit`]) → handler.
//!
//! It owns who the caller is; it touches no table of a module and knows no business rule.

mod access_log;
mod authenticate;
mod authenticator;
mod client_address;
mod context;
mod contracts;
mod cors;
mod fallback;
mod heartbeat;
mod limits;
mod login_cache;
mod operations;
mod proxy;
mod public;
mod recover;
mod revocation;
mod route_class;
mod routes;
mod token;
mod trailing_slash;

use std::sync::Arc;

use crate::core::config::ConfigError;
use crate::core::stores::Stores;
use crate::modules::identity::IdentityService;
use crate::modules::partner::PartnerService;

pub use access_log::{RequestSpan, observe};
pub use authenticate::authenticate;
pub use authenticator::{Authenticator, session_key};
pub use context::{ClientHeaders, request_context};
pub use contracts::{Contracts, active_plan};
pub use cors::{Cors, cors};
pub use fallback::{RouteTable, methods, unmatched};
pub use heartbeat::Heartbeat;
pub use limits::{Limits, limit};
pub use login_cache::{Login, LoginCache};
pub use operations::routes as operations_routes;
pub use proxy::Proxy;
pub use public::{Contract, routes as public_routes};
pub use recover::recover;
pub use revocation::listen;
pub use token::{Claims, TokenKey, TokenRefused};
pub use trailing_slash::trailing_slash;

/// State of the gateway, shared by all workers.
pub struct Gateway {
    /// Accepts or refuses tokens.
    pub authenticator: Authenticator,
    /// Origins of browsers.
    pub cors: Cors,
    /// Rate limits of callers.
    pub limits: Limits,
    /// Whether the load balancer should send requests.
    pub heartbeat: Heartbeat,
    /// Prefixes served by other processes.
    pub proxy: Proxy,
}

impl Gateway {
    /// Builds the gateway over the built-in identity and partner services.
    ///
    /// # Errors
    /// A token key or an upstream that is not usable.
    pub fn new(
        stores: &Stores,
        identity: IdentityService,
        partner: PartnerService,
    ) -> Result<Arc<Self>, ConfigError> {
        let config = &stores.config;
        let contracts = Contracts::new(stores.clone(), partner);
        let key = TokenKey::new(&config.hmac_key()?);
        Ok(Arc::new(Self {
            authenticator: Authenticator::new(stores.clone(), key, identity, contracts),
            cors: Cors::new(&config.cors),
            limits: Limits::new(stores),
            heartbeat: Heartbeat::default(),
            proxy: Proxy::new(config)?,
        }))
    }
}

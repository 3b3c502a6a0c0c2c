//! The modules: one per service prefix, each with its own api, service, manager and dao.

pub mod collection_group;
pub mod identity;
pub mod partner;
pub mod partner_usage;
pub mod post_collection;
pub mod profile_collection;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::core::config::Config;
use identity::IdentityService;
use partner::PartnerService;

/// The services of all modules, built once and shared by all workers.
#[derive(Clone)]
pub struct Modules {
    /// Sessions.
    pub identity: IdentityService,
    /// Contracts.
    pub partner: PartnerService,
}

impl Modules {
    /// Builds the services; nothing is connected yet.
    pub fn new(_config: &Config) -> Self {
        Self { identity: IdentityService, partner: PartnerService }
    }

    /// Mounts the services and routes of all modules.
    pub fn configure(&self, config: &mut ServiceConfig<'_>) {
        config.configure(collection_group::routes);
    }
}

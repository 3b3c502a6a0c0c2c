//! Use cases of the module.

mod activities;
mod contract;
mod engine;
mod reset;
mod unlock;

use std::sync::Arc;

pub(super) use reset::forget_searches;

pub use engine::{ACTIVITY_LOG, ContractTerms, UsageService};

use super::contract_client::ContractClient;
use crate::core::config::Config;
use crate::modules::discovery::DiscoveryService;
use crate::modules::partner::PartnerService;

/// What partners do with their usage over HTTP.
#[derive(Clone)]
pub struct PartnerUsageService {
    usage: UsageService,
    partners: PartnerService,
    discovery: Arc<DiscoveryService>,
    /// Knows contracts in place of the partner module, where configured.
    contracts: Option<Arc<ContractClient>>,
}

impl PartnerUsageService {
    /// The service of a process.
    pub fn new(config: &Config, discovery: Arc<DiscoveryService>) -> Self {
        Self {
            usage: UsageService::new(config),
            partners: PartnerService::new(config),
            discovery,
            contracts: ContractClient::new(&config.partner).map(Arc::new),
        }
    }
}

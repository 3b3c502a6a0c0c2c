//! Use cases of the module.

mod contract;
mod unlock;

use std::sync::Arc;

use super::client::ContractClient;
use crate::core::config::Config;
use crate::modules::discovery::DiscoveryService;
use crate::modules::partner::PartnerService;
use crate::modules::usage::UsageService;

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

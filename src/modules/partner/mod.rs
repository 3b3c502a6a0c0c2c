//! Built-in partner service: tenants and their contracts.
//!
//! Prefix `/partner-service`, mounted while no external partner service is configured. Owns
//! `partner` and `partner_contract`. The gateway reads contracts; commands write them.

mod api;
mod dao;
mod dto;
mod entity;
mod service;

use std::sync::Arc;

use crate::core::module::Module;

pub use dto::{ContractOut, MadeContract, NewContract, PartnerOut};
pub use entity::Contract;
pub use service::PartnerService;

/// The module.
pub fn module(service: &Arc<PartnerService>) -> Module {
    Module::new("partner").routes(api::routes(service))
}

//! Built-in partner service: tenants and their contracts.
//!
//! Prefix `/partner-service`, mounted while no external partner service is configured. Owns
//! `partner` and `partner_contract`. The gateway reads contracts; commands write them.

mod api;
mod dao;
mod dto;
mod entity;
mod service;

pub use api::routes;
pub use dto::{ContractOut, NewContract, PartnerOut};
pub use entity::Contract;
pub use service::PartnerService;

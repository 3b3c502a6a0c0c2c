//! Built-in partner service: tenants and their contracts.
//!
//! Owns `partner` and `partner_contract`. The gateway reads contracts; commands write them.

mod dao;
mod service;

pub use service::{Contract, PartnerService};

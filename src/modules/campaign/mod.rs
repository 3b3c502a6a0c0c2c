//! Campaign profiles: what staff and creators entered about an account, one row per account.
//!
//! Other modules create, read and change them through [`service`] inside their own unit of work; it names
//! none of them. Owns `campaign_profiles`, which statements of other modules join for reading, and
//! `campaign_profile_search`, which triggers write and the search reads. Whoever changes a profile together with
//! its account locks the account first. A job corrects the contact flags, for which it reads the accounts. No
//! routes, no events.

mod dao;
mod dto;
mod entity;
mod jobs;
mod manager;
pub mod service;

pub use dto::{
    AdminDetailsIn, AdminDetailsOut, ChangesIn, LevelIn, LevelOut, NewProfile, OfAccount,
    StoredDetails, UserDetailsIn, UserDetailsOut,
};
pub use entity::{CampaignProfileRow, Column, Entity, Model, searched};

use crate::core::config::Config;
use crate::core::module::Module;

/// The module.
pub fn module(config: &Config) -> Module {
    Module::engine("campaign").runs(jobs::jobs(config))
}

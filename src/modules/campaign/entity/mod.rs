//! Rows of the module.

mod profile;
pub mod searched;

pub use profile::{CampaignProfileRow, Column, Entity, Model};

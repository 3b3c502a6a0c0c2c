//! Rules of the module, all of them pure.

pub mod account;
pub mod campaign_profile;
pub mod content;
pub mod counting;
pub mod derived;
pub mod fields;
pub mod gate;
pub mod group_metrics;
pub mod imported;
pub mod instagram;
pub mod mask;
pub mod search;
pub mod similar;
pub mod sort;
mod youtube;

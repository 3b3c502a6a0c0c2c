//! Rules of the module, all of them pure.

pub mod account;
pub mod account_path;
pub mod admin_search;
pub mod announced;
pub mod audience;
pub mod campaign_profile;
pub mod charged;
pub mod content;
pub mod counting;
pub mod derived;
pub mod fields;
pub mod gate;
pub mod group_metrics;
pub mod hashtags;
pub mod imported;
pub mod instagram;
pub mod locations;
pub mod mask;
pub mod refreshed;
pub mod search;
pub mod similar;
pub mod sort;
pub mod time_series;
pub mod upsert;
mod youtube;

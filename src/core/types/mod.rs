//! Newtypes and enumerations that every module speaks.

mod address;
mod campaign_platform;
mod country;
mod cron;
mod handle;
mod language;
mod plan;
mod platform;

pub use address::address_key;
pub use campaign_platform::CampaignPlatform;
pub use country::{NAMES as COUNTRY_NAMES, country_name};
pub use cron::Cron;
pub use handle::{channel_handle, fold_handle, key_of_title, shown_handle};
pub use language::language_name;
pub use plan::Plan;
pub use platform::{Platform, ProfilePlatform};

/// Largest integer that every reader of JSON holds exactly, 2^53 − 1: no count is larger.
pub const LARGEST_COUNT: i64 = (1 << 53) - 1;

//! Newtypes and enumerations that every module speaks.

mod country;
mod handle;
mod plan;
mod platform;

pub use country::{NAMES as COUNTRY_NAMES, country_name};
pub use handle::{channel_handle, fold_handle, key_of_title};
pub use plan::Plan;
pub use platform::{Platform, ProfilePlatform};

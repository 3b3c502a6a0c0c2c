//! Newtypes and enumerations that every module speaks.

mod country;
mod plan;
mod platform;

pub use country::{NAMES as COUNTRY_NAMES, country_name};
pub use plan::Plan;
pub use platform::{Platform, ProfilePlatform};

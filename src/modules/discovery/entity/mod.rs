//! Rows of the tables that the module owns or reads.

mod account;
pub mod audience;
pub mod facts;
mod group_metrics;
pub mod hashtags;
pub mod instagram_account;
mod link;
pub mod locations;
mod named;
mod owners;
mod pair;
pub mod search_phrase;
pub mod time_series;
pub mod youtube_account;

pub use account::{AccountRow, Found};
pub use group_metrics::GroupMetricsRow;
pub use link::AccountLink;
pub use named::Named;
pub use owners::Owners;
pub use pair::Pair;

/// Whether an audience split by gender is known.
const GENDER_AVAILABLE: &str = "account.audience_gender IS NOT NULL";
/// Whether a split by city is known.
const CITY_AVAILABLE: &str =
    "coalesce(account.audience_location -> 'city', 'null') NOT IN ('null', '{}')";

//! `/activity-service`: what the caller did. The log itself is `partner_usage`'s.

mod api;

pub use api::routes;

//! Every statement of the module.

pub mod account;
pub mod audience;
pub mod campaign_profile;
pub mod collection;
pub mod contact_flags;
pub mod gcc;
pub mod hashtags;
pub mod link;
pub mod locations;
pub mod resolve;
pub mod search;
pub mod search_phrase;
pub mod time_series;
pub mod upsert;

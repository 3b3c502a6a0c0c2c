//! Every statement of the module.

pub mod account;
pub mod audience;
pub mod collection;
pub mod edited;
pub mod gcc;
pub mod hashtags;
pub mod joined;
pub mod link;
pub mod locations;
pub mod refresh;
pub mod resolve;
pub mod search;
pub mod search_phrase;
pub mod time_series;
pub mod upsert;

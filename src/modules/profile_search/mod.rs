//! The search table: the accounts of PostgreSQL in ClickHouse, one narrow row each, in which searches find the
//! ids of a page among tens of millions.
//!
//! Owns `profile_search_change` in PostgreSQL, which triggers fill with every account that changes, and in
//! ClickHouse `profile_search` (what was written in bulk), `profile_search_delta` (what changed since),
//! `profile_search_staging` and `profile_search_rebuilt`. Statements of `dao` also read `instagram_account` and
//! `youtube_account`. A task carries changes over; the job `profile-search` builds the table where there is
//! none and folds the delta into it; the job `profile-search-drift` finds and repairs what got lost. Other
//! modules ask [`ProfileSearch`]; it names none of them.

mod dao;
mod entity;
mod jobs;
mod service;

pub use entity::{Answer, Question, SortedBy, Standing};
pub use service::{Maintenance, ProfileSearch, Progress, Silence};

use crate::core::config::Config;
use crate::core::module::Module;

/// The module.
pub fn module(config: &Config) -> Module {
    Module::engine("profile-search").runs(jobs::jobs(config)).tends("profile-search", service::feed)
}

//! Scheduled jobs of the module.

use std::time::Duration;

use super::service::jobs::{locations, search_phrases};
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = |seconds| Duration::from_secs(seconds);
    let config = &config.jobs;
    vec![
        Job::new(
            ("locations", "Rebuild the places that accounts can be searched by"),
            every(config.locations_secs),
            async |run| locations(&run).await,
        ),
        Job::new(
            ("search-phrases", "Rebuild what staff find accounts by, where it differs"),
            every(config.search_phrases_secs),
            async |run| search_phrases(&run).await,
        ),
    ]
}

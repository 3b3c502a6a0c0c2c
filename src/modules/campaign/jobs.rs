//! Scheduled jobs of the module.

use std::time::Duration;

use super::service::contact_flags;
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    vec![Job::new(
        ("contact-flags", "Correct whether campaign profiles have an e-mail and a phone"),
        Duration::from_secs(config.jobs.contact_flags_secs),
        async |run| contact_flags(&run).await,
    )]
}

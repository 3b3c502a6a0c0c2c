//! Scheduled jobs of the module.

use std::time::Duration;

use super::service::remove_ended;
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = Duration::from_secs(config.jobs.ended_sessions_secs);
    let about = "Remove sessions and refresh tokens whose time is over";
    vec![Job::new(("ended-sessions", about), every, async |run| remove_ended(&run).await)]
}

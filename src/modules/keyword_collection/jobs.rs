//! Scheduled jobs of the module.

use std::time::Duration;

use super::service;
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = Duration::from_secs(config.jobs.keyword_reports_secs);
    let about = "Ask again for reports of keyword collections that have not come";
    vec![Job::new(("keyword-reports", about), every, async |run| service::ask_again(&run).await)]
}

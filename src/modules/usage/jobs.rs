//! Scheduled jobs of the module.

use std::time::Duration;

use super::service::{UsageService, forget_searches};
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Longest run of the reset, which is due every few minutes.
const RESET_LIMIT: Duration = Duration::from_secs(600);

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = Duration::from_secs(config.jobs.usage_reset_secs);
    let usage = UsageService::new(config);
    let about =
        "Start usage counters again on their dates; remove those of contracts that are over";
    let reset = Job::new(("usage-reset", about), every, move |run| {
        let usage = usage.clone();
        async move { usage.reset_due(&run).await }
    });
    // It goes on where it was: a run that hangs must not cost a dozen turns.
    let reset = reset.deadline(RESET_LIMIT);
    let about = "Forget after 24 hours which searches were charged";
    let searches =
        Job::new(("charged-searches", about), every, async |run| forget_searches(&run).await);
    vec![reset, searches]
}

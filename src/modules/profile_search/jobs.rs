//! The scheduled jobs of the module.

use std::time::Duration;

use super::service::{Maintenance, find_lost};
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Changed accounts from which on the delta is folded in: each search looks all of them up.
const FOLDED_FROM: u64 = 200_000;
/// Longest run that builds the table: tens of millions of accounts.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = Duration::from_secs(config.jobs.profile_search_secs);
    let about = "Build the search table where there is none; fold into it what changed";
    let table = Job::new(("profile-search", about), every, async |run| {
        match Maintenance::new(&run.stores) {
            Some(maintenance) => maintenance.keep_up(FOLDED_FROM).await,
            None => Ok(0),
        }
    });
    let every = Duration::from_secs(config.jobs.profile_search_drift_secs);
    let about = "Count and repair the accounts of which the search table was not told";
    let drift = Job::new(("profile-search-drift", about), every, async |run| find_lost(&run).await);
    vec![table.deadline(LONGEST), drift.deadline(LONGEST)]
}

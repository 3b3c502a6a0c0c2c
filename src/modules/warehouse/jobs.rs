//! The scheduled job of the module.

use std::time::Duration;

use super::service::WarehouseService;
use crate::core::config::Config;
use crate::core::jobs::Job;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let (every, zone) = (Duration::from_secs(config.jobs.warehouse_secs), config.app.time_zone);
    let about = "Derive what no import derived; remove what no answer reads any more";
    let job = Job::new(("warehouse", about), every, move |run| async move {
        WarehouseService.keep_up(&run.stores, zone).await
    });
    vec![job]
}

//! The scheduled jobs of the module.

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
    let every = Duration::from_secs(config.jobs.collection_metrics_secs);
    let about =
        "Measure the posts of collections that changed or of which there are newer observations";
    let collections = Job::new(("collection-metrics", about), every, move |run| async move {
        WarehouseService.measure_collections(&run, zone).await
    });
    vec![job, collections]
}

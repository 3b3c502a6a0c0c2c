//! Messages that the module hears: jobs that report on the creators of collections.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::service::AnalyticsService;
use crate::core::events::{Queue, Subscription};
use crate::core::files::Files;
use crate::core::job_batch::{BatchHandler, JobBatch, JobTracker};

/// Reading, uploading (up to a minute) and reporting.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the module does with messages.
pub fn subscriptions(
    service: &Arc<AnalyticsService>,
    (files, tracker): (&Arc<Files>, &Arc<JobTracker>),
) -> Vec<Subscription> {
    let (service, files) = (Arc::clone(service), Arc::clone(files));
    let report = BatchHandler::new(
        "download_collection_creator_report",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let (service, files) = (Arc::clone(&service), Arc::clone(&files));
            async move { service.creator_report(unit, &files, batch).await }.boxed()
        },
    );
    let queue = Queue::new("jobtracker.dx", "download_collection_creator_report_q");
    vec![report.subscribe(queue).deadline(DEADLINE)]
}

//! Messages that the module hears: jobs that download leaderboards.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::LeaderboardService;
use crate::core::events::{Queue, Subscription};
use crate::core::job_batch::{BatchHandler, JobBatch, JobTracker};

/// Reading, uploading (up to a minute) and reporting.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the module does with messages.
pub fn subscriptions(
    service: &Arc<LeaderboardService>,
    tracker: &Arc<JobTracker>,
) -> Vec<Subscription> {
    let service = Arc::clone(service);
    let handler = BatchHandler::new(
        "download_leaderboard",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let service = Arc::clone(&service);
            async move { service.download(unit, batch).await }.boxed()
        },
    );
    let queue = Queue::new("jobtracker.dx", "download_leaderboard_q");
    vec![handler.subscribe(queue).deadline(DEADLINE)]
}

//! Messages that the module hears: jobs that download collections.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::service::ProfileCollectionEditor;
use crate::core::events::{Queue, Subscription};
use crate::core::files::Files;
use crate::core::job_batch::{BatchHandler, JobBatch, JobTracker};

/// Reading, uploading (up to a minute) and reporting.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the module does with messages.
pub fn subscriptions(
    editor: &Arc<ProfileCollectionEditor>,
    (files, tracker): (&Arc<Files>, &Arc<JobTracker>),
) -> Vec<Subscription> {
    let (downloads, files) = (Arc::clone(editor), Arc::clone(files));
    let download = BatchHandler::new(
        "download_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let (editor, files) = (Arc::clone(&downloads), Arc::clone(&files));
            async move { editor.download(unit, &files, batch).await }.boxed()
        },
    );
    let queue = Queue::new("jobtracker.dx", "download_collection_q");
    vec![download.subscribe(queue).deadline(DEADLINE)]
}

//! Messages that the module hears: jobs that copy, fill and download collections.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::service::{COPIED, PROCESSED, ProfileCollectionEditor};
use crate::core::events::{Queue, Subscription};
use crate::core::files::Files;
use crate::core::job_batch::{BatchHandler, JobBatch, JobTracker, Refusal};

/// Reading or asking the collector, storing or uploading (up to a minute), and reporting.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the module does with messages.
pub fn subscriptions(
    editor: &Arc<ProfileCollectionEditor>,
    (files, tracker): (&Arc<Files>, &Arc<JobTracker>),
) -> Vec<Subscription> {
    let own = || Arc::clone(editor);
    let (copies, imports, fills, downloads) = (own(), own(), own(), own());
    let files = Arc::clone(files);
    let duplicate = BatchHandler::new(
        "duplicate_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let editor = Arc::clone(&copies);
            async move { editor.duplicate(unit, batch).await }.boxed()
        },
    );
    let import = BatchHandler::new(
        "import_from_profile_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let editor = Arc::clone(&imports);
            async move { editor.import_items(unit, batch).await }.boxed()
        },
    );
    let add = BatchHandler::new(
        "add_item_profile_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let editor = Arc::clone(&fills);
            async move { editor.add_rows(unit, batch).await }.boxed()
        },
    );
    let download = BatchHandler::new(
        "download_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let (editor, files) = (Arc::clone(&downloads), Arc::clone(&files));
            async move { editor.download(unit, &files, batch).await }.boxed()
        },
    );
    let copied = Refusal::FailsItems(COPIED);
    let handlers = [
        (duplicate.refusal(copied), "duplicate_collection_q"),
        (import.refusal(copied), "import_from_profile_collection_q"),
        (add.refusal(Refusal::FailsItems(PROCESSED)), "add_item_profile_collection_q"),
        (download, "download_collection_q"),
    ];
    let subscribe = |(handler, queue): (BatchHandler, &'static str)| {
        handler.subscribe(Queue::new("jobtracker.dx", queue)).deadline(DEADLINE)
    };
    handlers.map(subscribe).into()
}

//! Messages that the module hears: jobs that add posts from a file, reports on the comments.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::dto::SentimentReportIn;
use super::service::{PROCESSED, PostCollectionEditor};
use crate::core::events::{Queue, Subscription};
use crate::core::job_batch::{BatchHandler, JobBatch, JobTracker, Refusal};

/// Asking the collector (up to 45 seconds), storing and reporting.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the module does with messages.
pub fn subscriptions(
    editor: &Arc<PostCollectionEditor>,
    tracker: &Arc<JobTracker>,
) -> Vec<Subscription> {
    let (rows, reports) = (Arc::clone(editor), Arc::clone(editor));
    let handler = BatchHandler::new(
        "add_item_post_collection",
        Arc::clone(tracker),
        move |unit, batch: JobBatch| {
            let editor = Arc::clone(&rows);
            async move { editor.add_rows(unit, batch).await }.boxed()
        },
    );
    let handler = handler.refusal(Refusal::FailsItems(PROCESSED));
    let sentiment = Queue::new("coffee.dx", "sentiment_collection_report_out_q")
        .bound_to(&["sentiment_collection_report_out_rk"]);
    vec![
        handler
            .subscribe(Queue::new("jobtracker.dx", "add_item_post_collection_q"))
            .deadline(DEADLINE),
        Subscription::new(
            sentiment,
            "sentiment_collection_report_out",
            move |unit, report: SentimentReportIn| {
                let editor = Arc::clone(&reports);
                async move { editor.note_report(unit, report).await }.boxed()
            },
        )
        .as_platform(),
    ]
}

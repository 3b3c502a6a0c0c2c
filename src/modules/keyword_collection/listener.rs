//! Messages that the module hears: reports that are ready.

use futures_util::FutureExt as _;

use super::dto::ReportReady;
use super::service;
use crate::core::events::{Queue, Subscription};

/// The data plane announces reports with the second key.
const REPORTS: Queue = Queue::new("coffee.dx", "keyword_collection_out_q")
    .bound_to(&["keyword_collection_report_completion"]);

/// What the module does with messages.
pub fn subscriptions() -> Vec<Subscription> {
    let reports = Subscription::new(
        REPORTS,
        "update_keyword_collection_report",
        |unit, ready: ReportReady| service::report_ready(unit, ready).boxed(),
    );
    vec![reports.as_platform()]
}

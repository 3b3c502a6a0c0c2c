//! Use cases of profile collections.

mod collection;
mod copy;
mod create;
mod download;
mod fill;
mod find;
mod item;
mod item_search;
mod legacy;
mod measured;
mod rows;
mod search;

pub use copy::COPIED;
pub use find::ItemPage;
pub use measured::MeasuredCollection;
pub use rows::PROCESSED;

use std::sync::Arc;

use serde_json::json;

use super::entity::collection::Model;
use crate::core::error::Error;
use crate::core::job_batch::JobTracker;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;
use crate::modules::usage::{Activity, ActivityLog, Charge, UsageModule, UsageService};

/// What other modules ask about profile collections.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProfileCollectionService;

/// Makes, fills, changes and searches profile collections.
pub struct ProfileCollectionEditor {
    usage: UsageService,
    tracker: Arc<JobTracker>,
    discovery: Arc<DiscoveryService>,
}

impl ProfileCollectionEditor {
    /// Nothing is connected yet.
    pub fn new(
        usage: UsageService,
        discovery: &Arc<DiscoveryService>,
        tracker: &Arc<JobTracker>,
    ) -> Self {
        Self { usage, tracker: Arc::clone(tracker), discovery: Arc::clone(discovery) }
    }

    /// Charges what is done to a tracker.
    async fn charge(
        &self,
        unit: &UnitOfWork,
        collection: &Model,
        (activity, count): (Activity, i64),
        platform: &str,
    ) -> Result<(), Error> {
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::AccountTracking,
            activity,
            count,
            once: None,
            activity_id: None,
            meta: Some(json!({"name": collection.name, "platform": platform})),
            unlock_key: None,
        };
        self.usage.charge(unit, log).await.map(drop)
    }
}

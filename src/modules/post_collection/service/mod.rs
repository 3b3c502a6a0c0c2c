//! Use cases of post collections.

mod collection;
mod create;
mod find;
mod item;
mod measured;
mod report;
mod rows;

pub use item::PostName;
pub use rows::PROCESSED;

use std::sync::Arc;

use serde_json::json;

use super::dao;
use super::entity::collection::Model;
use super::manager;
use crate::core::error::Error;
use crate::core::job_batch::JobTracker;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;
use crate::modules::usage::{Activity, ActivityLog, Charge, UsageModule, UsageService};

/// What other modules ask about post collections.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostCollectionService;

/// Makes, fills and changes post collections.
pub struct PostCollectionEditor {
    usage: UsageService,
    tracker: Arc<JobTracker>,
    discovery: Arc<DiscoveryService>,
}

impl PostCollectionEditor {
    /// Nothing is connected yet.
    pub fn new(
        usage: UsageService,
        discovery: &Arc<DiscoveryService>,
        tracker: &Arc<JobTracker>,
    ) -> Self {
        Self { usage, tracker: Arc::clone(tracker), discovery: Arc::clone(discovery) }
    }

    /// Charges what is done to a collection of the source that is charged.
    async fn charge(
        &self,
        unit: &UnitOfWork,
        collection: &Model,
        (activity, count): (Activity, i64),
        platform: Option<&str>,
    ) -> Result<(), Error> {
        let mut meta = json!({"id": collection.id, "result": {"name": collection.name}});
        if let Some(platform) = platform {
            meta["platform"] = platform.into();
        }
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::CampaignReport,
            activity,
            count,
            once: None,
            activity_id: None,
            meta: Some(meta),
            unlock_key: None,
        };
        self.usage.charge(unit, log).await.map(drop)
    }
}

impl PostCollectionService {
    /// Platform and code of a post's address, as people copy it.
    pub fn post_of_link(&self, link: &str) -> Option<(Platform, String)> {
        manager::link::post(link)
    }

    /// Which of these ids are enabled post collections of `partner_id`.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn owned(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        ids: &[String],
    ) -> Result<Vec<String>, Error> {
        dao::owned(&unit.tenant().await?, partner_id, ids).await
    }
}

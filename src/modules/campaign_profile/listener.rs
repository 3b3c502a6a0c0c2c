//! Messages that the module hears: profiles that the influencer application wants.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::dto::SyncIn;
use super::service::CampaignProfileService;
use crate::core::events::{Queue, Subscription};

/// The application may take a minute.
const DEADLINE: Duration = Duration::from_secs(70);

/// What the module does with messages.
pub fn subscriptions(service: &Arc<CampaignProfileService>) -> Vec<Subscription> {
    let service = Arc::clone(service);
    let queue = Queue::new("winkl.dx", "sync_winkl_api_q");
    let sync = Subscription::new(queue, "sync_winkl_api", move |unit, wanted: SyncIn| {
        let service = Arc::clone(&service);
        async move { service.sync(unit, wanted).await }.boxed()
    });
    vec![sync.deadline(DEADLINE)]
}

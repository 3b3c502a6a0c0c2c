//! Messages that the module hears: profiles that the influencer application wants.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::dto::SyncIn;
use super::service::CampaignProfileService;
use crate::core::events::{Attempt, Delivery, Failure, Handler, Queue, Subscription, parse};
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// The application may take a minute.
const DEADLINE: Duration = Duration::from_secs(70);

/// Tells the application of a profile. Telling it twice does no harm, so that no transaction is open
/// meanwhile.
struct ProfileSync(Arc<CampaignProfileService>);

impl Handler for ProfileSync {
    fn attempt<'a>(
        &'a self,
        stores: &'a Stores,
        delivery: &'a Delivery,
        attempt: &'a Attempt,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            let wanted: SyncIn = parse(&delivery.body)?;
            let caller = Arc::clone(&attempt.caller);
            let unit = UnitOfWork::new(stores.clone(), caller, attempt.deadline);
            Ok(self.0.sync(&unit, wanted).await?)
        }
        .boxed()
    }
}

/// What the module does with messages.
pub fn subscriptions(service: &Arc<CampaignProfileService>) -> Vec<Subscription> {
    let queue = Queue::new("winkl.dx", "sync_winkl_api_q");
    let sync = Subscription::in_steps(queue, "sync_winkl_api", ProfileSync(Arc::clone(service)));
    vec![sync.recorded().deadline(DEADLINE)]
}

//! Services of the modules, on the partner's behalf.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::row::{Account, Post};
use crate::core::caller::Caller;
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::job_batch::JobTracker;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;
use crate::modules::post_collection::{
    PostCollectionEditor, PostCollectionIn, PostCollectionService, PostItemIn,
};
use crate::modules::profile_collection::{
    CollectionIn, ItemIn, ProfileCollectionEditor, ProfileCollectionService,
};
use crate::modules::usage::UsageService;

/// Time for the rows of one transaction, and before it for accounts that nobody knows yet.
const LIMIT: Duration = Duration::from_secs(60);
/// Posts of a partner's own.
const POSTS: &str = "SAAS";
/// Accounts that are measured.
const TRACKER: &str = "SAAS-AT";
/// Of two imports for a partner the second one finds the collections of the first.
const TURN: &str = "import of collections";

/// Puts rows into collections of the caller's partner.
pub(super) struct CollectionImporter {
    stores: Stores,
    caller: Arc<Caller>,
    discovery: Arc<DiscoveryService>,
    posts: PostCollectionEditor,
    trackers: ProfileCollectionEditor,
    zone: Tz,
}

impl CollectionImporter {
    pub(super) fn new(stores: Stores, caller: Caller) -> Self {
        let config = &stores.config;
        let tracker = Arc::new(JobTracker::new(&config.job_tracker));
        let discovery = Arc::new(DiscoveryService::new(config, UsageService::new(config)));
        let usage = || UsageService::new(config);
        Self {
            posts: PostCollectionEditor::new(usage(), &discovery, &tracker),
            trackers: ProfileCollectionEditor::new(usage(), &discovery, &tracker),
            zone: config.app.time_zone,
            discovery,
            stores,
            caller: Arc::new(caller),
        }
    }

    /// Puts posts into the collection of this name, which is made where there is none, in one transaction.
    pub(super) async fn store(&self, name: &str, posts: Vec<Post>) -> Result<(), Error> {
        let unit = self.unit();
        let tenant = own(&unit).await?;
        match PostCollectionService.named(&tenant, name).await? {
            Some(collection) => {
                let items = posts.into_iter().map(item).collect();
                self.posts.add(&unit, collection.id, items).await?;
            }
            None => drop(self.posts.store(&unit, self.new_collection(name, posts)).await?),
        }
        unit.commit().await?;
        Ok(())
    }

    /// Puts accounts into the tracker of this name, which is made where there is none, in one transaction; those
    /// that it has stay as they are. Which of them it has then: not those that nobody knows.
    pub(super) async fn track(&self, name: &str, accounts: &[Account]) -> Result<Vec<bool>, Error> {
        let handles: Vec<_> =
            accounts.iter().map(|one| (one.platform, one.handle.clone())).collect();
        // No transaction is open while the collector is asked for unknown ones.
        let ids = self.discovery.import_handles(&self.unit(), &handles).await?;
        let places = handles.iter().map(|handle| {
            let id = ids.get(handle)?;
            Some((handle.0.name().to_owned(), *id))
        });
        let places: Vec<Option<Place>> = places.collect();
        let mut known = HashSet::new();
        let in_order = places.iter().flatten().filter(|place| known.insert((*place).clone()));
        let in_order: Vec<Place> = in_order.cloned().collect();
        if known.is_empty() {
            return Ok(vec![false; accounts.len()]);
        }
        let unit = self.unit();
        let tenant = own(&unit).await?;
        let id = match ProfileCollectionService.tracker_named(&tenant, name).await? {
            Some(tracker) => {
                let there = tracked(&tenant, tracker.id, &known).await?;
                let items: Vec<_> =
                    in_order.iter().filter(|place| !there.contains(*place)).map(account).collect();
                if !items.is_empty() {
                    self.trackers.add_items(&unit, tracker.id, items).await?;
                }
                tracker.id
            }
            None => {
                let collection = CollectionIn {
                    name: Some(name.to_owned()),
                    source: Some(TRACKER.to_owned()),
                    items: Some(in_order.iter().map(account).collect()),
                    ..CollectionIn::default()
                };
                self.trackers.store(&unit, collection).await?.id
            }
        };
        let there = tracked(&tenant, id, &known).await?;
        if !there.is_empty() {
            unit.commit().await?;
        }
        let is_there = |place: &Option<Place>| place.as_ref().is_some_and(|p| there.contains(p));
        Ok(places.iter().map(is_there).collect())
    }

    fn unit(&self) -> UnitOfWork {
        UnitOfWork::new(self.stores.clone(), Arc::clone(&self.caller), Instant::now() + LIMIT)
    }

    fn new_collection(&self, name: &str, posts: Vec<Post>) -> PostCollectionIn {
        let start = posts.iter().find_map(|post| post.start);
        let end = posts.iter().find_map(|post| post.end);
        PostCollectionIn {
            name: Some(name.to_owned()),
            source: Some(POSTS.to_owned()),
            budget: posts.iter().find_map(|post| post.budget),
            start_time: start.and_then(|day| self.begin_of(day)),
            end_time: end.and_then(|day| self.begin_of(day)),
            items: Some(posts.into_iter().map(item).collect()),
            ..PostCollectionIn::default()
        }
    }

    /// Seconds since 1970 at the begin of a day of the business time zone; a day that has none begins later.
    fn begin_of(&self, day: NaiveDate) -> Option<i64> {
        let begin = day.and_time(NaiveTime::MIN).and_local_timezone(self.zone).earliest();
        begin.map(|begin| begin.timestamp())
    }
}

/// Platform and row of an account.
type Place = (String, i64);

/// The partner's own rows; until the end of the transaction no other import works on them.
async fn own(unit: &UnitOfWork) -> Result<TenantDb<'_>, Error> {
    let tenant = unit.tenant().await?.own();
    tenant.lock(TURN).await?;
    Ok(tenant)
}

/// Those of these accounts that a tracker has.
async fn tracked(
    tenant: &TenantDb<'_>,
    id: i64,
    known: &HashSet<Place>,
) -> Result<HashSet<Place>, Error> {
    let accounts = known.iter().map(|(_, account)| *account).collect();
    let there = ProfileCollectionService.accounts(tenant, id, accounts).await?;
    Ok(there.into_iter().filter(|place| known.contains(place)).collect())
}

fn account((platform, id): &Place) -> ItemIn {
    ItemIn {
        platform: Some(platform.clone()),
        platform_account_code: Some(*id),
        ..ItemIn::default()
    }
}

fn item(post: Post) -> PostItemIn {
    PostItemIn {
        platform: Some(post.platform.name().to_owned()),
        short_code: Some(post.code),
        post_type: Some(post.kind.to_owned()),
        post_link: Some(post.link),
        ..PostItemIn::default()
    }
}

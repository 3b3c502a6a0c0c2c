//! Items come into a collection.

use std::collections::{HashMap, HashSet};

use super::super::dao::item::{self as dao, Items, Standing};
use super::super::dao::value;
use super::super::dto::ItemIn;
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::{ActiveModel, Model};
use super::super::manager::item as manager;
use super::super::manager::{PROFILES, TRACKER};
use super::ProfileCollectionEditor;
use super::find::to_change;
use crate::core::children::within;
use crate::core::error::Error;
use crate::core::types::CampaignPlatform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{AccountName, NamedBy, ResolvedAccount};
use crate::modules::usage::{Activity, Quota};

/// Items that a request sent, and what their accounts are named by as far as that is known.
pub(super) type Sent = Vec<(ItemIn, Option<AccountName>)>;

/// What became of items.
pub(super) struct Filled {
    /// Those whose accounts are known, in their order.
    pub(super) rows: Vec<Model>,
    /// The others.
    pub(super) failed: Vec<ItemIn>,
    /// How many were not there, or removed.
    pub(super) new: i64,
}

impl ProfileCollectionEditor {
    /// Adds items to a collection of the caller; those that it has are enabled. The rows of all whose accounts
    /// are known, in their order, and the others. To be asked before the transaction begins, since unknown
    /// handles are imported.
    ///
    /// # Errors
    /// `invalid Record Id`, items that may not be added, a limit.
    pub async fn add_items(
        &self,
        unit: &UnitOfWork,
        id: i64,
        items: Vec<ItemIn>,
    ) -> Result<(Vec<Model>, Vec<ItemIn>), Error> {
        let sent = self.import(unit, items).await?;
        let (collection, items) = to_change(unit, id).await?;
        self.fill(unit, (&collection, &items), sent).await
    }

    /// Checks items and says what names their accounts; unknown handles are imported.
    pub(super) async fn import(
        &self,
        unit: &UnitOfWork,
        items: Vec<ItemIn>,
    ) -> Result<Sent, Error> {
        manager::check_new(&items)?;
        let handles: Vec<_> = items.iter().filter_map(manager::handle).collect();
        let known = self.discovery.import_handles(unit, &handles).await?;
        let name = |item: ItemIn| {
            let account = manager::handle(&item).and_then(|handle| known.get(&handle).copied());
            let by = item.campaign_profile_id.map(NamedBy::CampaignProfile);
            let by = by.or(item.platform_account_code.or(account).map(NamedBy::Account));
            let name = manager::platform(&item).zip(by);
            let name = name.map(|(platform, by)| AccountName { platform, by });
            (item, name)
        };
        Ok(items.into_iter().map(name).collect())
    }

    /// Adds items to a collection that is locked, and charges those that are new.
    pub(super) async fn fill(
        &self,
        unit: &UnitOfWork,
        to: (&Collection, &Items<'_>),
        sent: Sent,
    ) -> Result<(Vec<Model>, Vec<ItemIn>), Error> {
        let platform = first_platform(sent.iter().map(|(item, _)| item));
        let Filled { rows, failed, new } = self.put(unit, to, sent).await?;
        self.charge_items(unit, to.0, new, &platform).await?;
        Ok((rows, failed))
    }

    /// The same without their charge.
    pub(super) async fn put(
        &self,
        unit: &UnitOfWork,
        to: (&Collection, &Items<'_>),
        sent: Sent,
    ) -> Result<Filled, Error> {
        within(sent.len())?;
        let names: Vec<_> = sent.iter().map(|(_, name)| name.clone()).collect();
        let resolved = self.discovery.resolve(unit, &names).await?;
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for ((item, name), account) in sent.into_iter().zip(resolved) {
            match name.zip(account) {
                Some((name, account)) => found.push((item, name.platform, account)),
                None => failed.push(item),
            }
        }
        if found.is_empty() {
            return Ok(Filled { rows: Vec::new(), failed, new: 0 });
        }
        let standing = standing(to.1, &found).await?;
        let new: HashSet<_> =
            found.iter().map(place).filter(|place| !is_taken(&standing, place)).collect();
        let new = count(new.len());
        self.check_room(unit, to.0, (&PROFILES, new), total(&standing)).await?;
        let mut stored = store(unit, to, &found, standing).await?;
        // One account has one row.
        let rows = found.iter().filter_map(|one| stored.remove(&place(one))).collect();
        Ok(Filled { rows, failed, new })
    }

    /// Whether the plan has room for so many more items in a collection, and their charge.
    pub(super) async fn admit(
        &self,
        unit: &UnitOfWork,
        collection: &Collection,
        (quota, new, platform): (&Quota, i64, &str),
        enabled: i64,
    ) -> Result<(), Error> {
        self.check_room(unit, collection, (quota, new), enabled).await?;
        self.charge_items(unit, collection, new, platform).await
    }

    async fn check_room(
        &self,
        unit: &UnitOfWork,
        collection: &Collection,
        more: (&Quota, i64),
        enabled: i64,
    ) -> Result<(), Error> {
        if collection.source != TRACKER {
            return Ok(());
        }
        self.usage.slot(unit, more, async |_| Ok(enabled)).await
    }

    /// Charges items that come into a collection.
    pub(super) async fn charge_items(
        &self,
        unit: &UnitOfWork,
        collection: &Collection,
        new: i64,
        platform: &str,
    ) -> Result<(), Error> {
        if collection.source != TRACKER || new == 0 {
            return Ok(());
        }
        let activity = (Activity::AddProfileToCollection, new);
        self.charge(unit, collection, activity, platform).await
    }
}

/// What a collection has, and which of these items.
pub(super) async fn standing(
    items: &Items<'_>,
    found: &[Found],
) -> Result<HashMap<String, Standing>, Error> {
    dao::standing(items, found.iter().map(|(.., account)| account.account_id).collect()).await
}

/// Whether an item that was not removed is there.
pub(super) fn is_taken(standing: &HashMap<String, Standing>, (platform, account): &Place) -> bool {
    standing.get(platform).is_some_and(|one| one.taken.contains(account))
}

/// Stores items and their values behind those that a collection has, in their order.
pub(super) async fn store(
    unit: &UnitOfWork,
    (collection, items): (&Collection, &Items<'_>),
    found: &[Found],
    standing: HashMap<String, Standing>,
) -> Result<HashMap<Place, Model>, Error> {
    let rows = rows(unit, collection, found, standing);
    let stored: HashMap<_, _> =
        dao::store(items, rows).await?.into_iter().map(|row| (key(&row), row)).collect();
    let values = found.iter().flat_map(|one| {
        let id = stored.get(&place(one)).map(|row| row.id);
        let said = id.map(|id| said(id, &one.0));
        said.into_iter().flatten()
    });
    value::store(&unit.tenant().await?, values.collect()).await?;
    Ok(stored)
}

/// Items that were not removed, on all platforms.
pub(super) fn total(standing: &HashMap<String, Standing>) -> i64 {
    standing.values().map(|one| one.enabled).sum()
}

/// The platform of the first item, as rows name it; empty without one.
pub(super) fn first_platform<'a>(mut items: impl Iterator<Item = &'a ItemIn>) -> String {
    let first = items.next().and_then(manager::platform);
    first.map(|platform| platform.name().to_owned()).unwrap_or_default()
}

/// Values of custom columns that a request has for an item.
pub(super) fn said(id: i64, item: &ItemIn) -> Vec<(i64, String, String)> {
    let values = manager::values(item).iter();
    let value = |one: &super::super::dto::ValueIn| {
        (id, one.key.clone().unwrap_or_default(), one.value.clone().unwrap_or_default())
    };
    values.map(value).collect()
}

/// An item whose account is known.
pub(super) type Found = (ItemIn, CampaignPlatform, ResolvedAccount);
/// What tells the items of a collection apart: platform and account.
pub(super) type Place = (String, i64);

pub(super) fn place((_, platform, account): &Found) -> Place {
    (platform.name().to_owned(), account.account_id)
}

fn key(row: &Model) -> Place {
    (row.platform.clone(), row.platform_account_code)
}

pub(super) fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The rows of new items; ranks count up in the order of the request, one account has one.
fn rows(
    unit: &UnitOfWork,
    collection: &Collection,
    found: &[Found],
    standing: HashMap<String, Standing>,
) -> Vec<ActiveModel> {
    let mut ranks: HashMap<&str, i64> = HashMap::new();
    let mut seen = HashSet::new();
    let is_admin = unit.caller().is_admin();
    let distinct = found.iter().filter(|one| seen.insert(place(one)));
    let row = |(item, platform, account): &Found| {
        let name = platform.name();
        let last = standing.get(name).map_or(0, |standing| standing.rank);
        let rank = ranks.entry(name).or_insert(last);
        *rank += 1;
        let rank = if platform.social().is_some() { *rank } else { 1 };
        let place = (name, rank, account);
        super::super::dao::item::row(
            collection,
            place,
            (item, is_admin),
            unit.caller().account_or_zero(),
        )
    };
    distinct.map(row).collect()
}

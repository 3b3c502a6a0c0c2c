//! The search for collections.

use std::collections::{BTreeMap, HashMap};

use super::super::dao::{collection as dao, summary};
use super::super::dto::{
    AccountLinkOut, CollectionFields, CollectionOut, CollectionsOut, PlatformSummaryOut,
};
use super::super::entity::PlatformTotal;
use super::super::entity::collection::Entity;
use super::super::manager::collection as manager;
use super::super::manager::{TRACKER, View, search as rules};
use super::ProfileCollectionEditor;
use super::collection::counted;
use crate::core::caller::PLATFORM_PARTNER;
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::envelope::{LISTED, Success as _};
use crate::core::error::{Code, Error};
use crate::core::query::{ListIn, Listed, compile};
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{CollectionMetricsService, CollectionType};
use crate::modules::discovery::AccountLink;

impl ProfileCollectionEditor {
    /// A page of the caller's own collections, or of the featured ones, each with what its items come to.
    ///
    /// # Errors
    /// A caller who is no user, unless it asks for featured ones; a filter or an order that is none of
    /// theirs.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        list: Result<ListIn, Error>,
    ) -> Result<CollectionsOut, Error> {
        let is_user = unit.caller().user().is_ok();
        let is_featured = list.as_ref().map(rules::wants_featured);
        if !is_user && !matches!(is_featured, Ok(Ok(true))) {
            let text = "you are not authorized to access collections data";
            return Err(Error::rejected(Code::Unauthorized, text));
        }
        let list = list?;
        let is_featured = rules::wants_featured(&list)?;
        let (list, of_items) = rules::split(list);
        let rows = match is_featured {
            true => unit.shared(ShareOwner::read_only(PLATFORM_PARTNER)).await?,
            false => unit.tenant().await?.own(),
        };
        let zone = unit.stores().config.app.time_zone;
        let with_item = dao::with_item(&compile(&of_items, rules::ITEM_FIELDS, zone)?);
        let page = unit.list_where::<Entity, CollectionFields>(&rows, &list, with_item).await?;
        let view = if is_featured { View::Featured } else { View::Own };
        let Listed { rows: found, total, next } = page;
        let ids = found.iter().map(|row| row.id).collect();
        let totals = summary::totals(&rows, ids, (view.hides(), true)).await?;
        let mut summaries = self.summaries(unit, totals).await?;
        let entries = found.into_iter().map(|row| {
            let id = row.id;
            Ok(CollectionOut {
                platform_wise_items_summary: summaries.remove(&id).unwrap_or_default(),
                ..manager::entry(row, view)?
            })
        });
        let mut entries = entries.collect::<Result<Vec<_>, Error>>()?;
        self.measure(&rows, &mut entries).await?;
        Ok(CollectionsOut::page(LISTED, Listed { rows: entries, total, next }))
    }

    /// What the posts of the trackers of a page have come to, in one statement.
    async fn measure(
        &self,
        rows: &TenantDb<'_>,
        entries: &mut [CollectionOut],
    ) -> Result<(), Error> {
        let mut trackers: Vec<_> =
            entries.iter_mut().filter(|entry| entry.source == TRACKER).collect();
        let ids: Vec<String> = trackers.iter().map(|entry| entry.id.to_string()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let kind = CollectionType::Profile;
        let summaries = CollectionMetricsService.summaries(rows, kind, &ids).await?;
        for (entry, id) in trackers.iter_mut().zip(&ids) {
            let Some(summary) = summaries.get(id) else {
                entry.engagement_rate = Some("0.00".to_owned());
                continue;
            };
            let text = |number: f64| format!("{number:.2}");
            entry.reach = Some(summary.counters.reach).filter(|reach| *reach != 0);
            entry.total_posts = Some(summary.total_posts).filter(|posts| *posts != 0);
            entry.engagement_rate = Some(text(summary.counters.engagement_rate()));
            entry.report_ready = (summary.total_profiles > 0).then_some(true);
        }
        Ok(())
    }

    /// Summaries with their newest accounts, of which a page costs one statement.
    async fn summaries(
        &self,
        unit: &UnitOfWork,
        totals: Vec<PlatformTotal>,
    ) -> Result<HashMap<i64, BTreeMap<String, PlatformSummaryOut>>, Error> {
        let wanted = totals.iter().flat_map(|total| {
            let platform = Platform::parse(&total.platform);
            let newest = total.newest.iter().flatten();
            newest.filter_map(move |id| Some((platform?, *id)))
        });
        let wanted: Vec<_> = wanted.collect();
        let accounts = self.discovery.links(unit, &wanted).await?;
        let mut summaries: HashMap<i64, BTreeMap<_, _>> = HashMap::new();
        for total in totals {
            let profile_count = counted(&total);
            let platform = Platform::parse(&total.platform);
            let newest = total.newest.iter().flatten();
            let known = |id| Some((platform?, accounts.get(&(platform?, id))?));
            let newest = newest.filter_map(|id| known(*id));
            let top_five_accounts = newest.map(link).collect();
            let summary = PlatformSummaryOut { profile_count, top_five_accounts };
            summaries.entry(total.id).or_default().insert(total.platform, summary);
        }
        Ok(summaries)
    }
}

fn link((platform, account): (Platform, &AccountLink)) -> AccountLinkOut {
    let at = |handle: &String| match platform {
        Platform::Youtube => format!("https://youtube.com/channel/{handle}"),
        Platform::Instagram => format!("https://instagram.com/{handle}"),
    };
    AccountLinkOut {
        code: account.code.clone(),
        name: Some(account.name.clone()),
        thumbnail: account.thumbnail.clone(),
        link: account.handle.as_ref().map(at),
    }
}

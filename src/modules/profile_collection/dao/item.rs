//! Statements on items.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::super::dto::ItemIn;
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::{ActiveModel, Column, Entity, Model};
use crate::core::children::Children;
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::modules::discovery::ResolvedAccount;

/// The items of one collection.
pub type Items<'a> = Children<'a, Entity>;

const OF_SHORTLIST: TenantSql = TenantSql::of_scope(
    "\
    SELECT c.id FROM profile_collection_item i \
    JOIN profile_collection c ON c.id = i.profile_collection_id AND c.enabled \
    WHERE i.partner_id BETWEEN $1 AND $2 AND i.shortlist_id = $3 AND i.enabled \
    ORDER BY c.id DESC LIMIT 1",
);

const OF_CAMPAIGN: TenantSql = TenantSql::of_scope(
    "\
    SELECT c.id FROM profile_collection c \
    WHERE c.partner_id BETWEEN $1 AND $2 AND c.campaign_id = $3 AND c.enabled \
    ORDER BY c.id DESC LIMIT 1",
);

/// What a collection has on a platform.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Highest rank, also of removed items.
    pub rank: i64,
    /// Items that were not removed.
    pub enabled: i64,
    /// The accounts, of those that were asked about, of items that were not removed.
    pub taken: HashSet<i64>,
}

/// What names items of a collection: by any of these.
#[derive(Debug, Default)]
pub struct Selected {
    pub ids: Vec<i64>,
    pub campaign_profiles: Vec<i64>,
    pub accounts: Vec<i64>,
}

/// What a collection has, by platform, and which of these accounts.
pub async fn standing(
    items: &Items<'_>,
    accounts: Vec<i64>,
) -> Result<HashMap<String, Standing>, Error> {
    let taken = "array_agg(platform_account_code) \
                 FILTER (WHERE enabled AND platform_account_code = ANY($1))";
    let rows = items
        .find()
        .select_only()
        .column(Column::Platform)
        .column_as(Column::Rank.max(), "rank")
        .column_as(Expr::cust("count(*) FILTER (WHERE enabled)"), "enabled")
        .column_as(Expr::cust_with_values(taken, [accounts]), "taken")
        .group_by(Column::Platform)
        .tuples::<(String, Option<i64>, i64, Option<Vec<i64>>)>()
        .await?;
    let standing =
        |(platform, rank, enabled, taken): (String, Option<i64>, i64, Option<Vec<i64>>)| {
            let taken = taken.unwrap_or_default().into_iter().collect();
            (platform, Standing { rank: rank.unwrap_or_default(), enabled, taken })
        };
    Ok(rows.into_iter().map(standing).collect())
}

/// Items that are named, also removed ones.
pub async fn find(items: &Items<'_>, named: Selected) -> Result<Vec<Model>, Error> {
    let Selected { ids, campaign_profiles, accounts } = named;
    if ids.is_empty() && campaign_profiles.is_empty() && accounts.is_empty() {
        return Ok(Vec::new());
    }
    let named = Condition::any()
        .add(Column::Id.is_in(ids))
        .add(Column::CampaignProfileId.is_in(campaign_profiles))
        .add(Column::PlatformAccountCode.is_in(accounts));
    Ok(items.find().filter(named).order_by_asc(Column::Id).all().await?)
}

/// The items of a platform with these accounts, also removed ones.
pub async fn of_accounts(
    items: &Items<'_>,
    platform: &str,
    accounts: Vec<i64>,
) -> Result<Vec<Model>, Error> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let is_named = Column::Platform.eq(platform).and(Column::PlatformAccountCode.is_in(accounts));
    Ok(items.enabled().filter(is_named).all().await?)
}

/// A page of the enabled items of a platform behind the one with this id, in the order of their ids.
pub async fn page(
    items: &Items<'_>,
    (platform, after, size): (&str, i64, u64),
) -> Result<Vec<Model>, Error> {
    let is_behind = Column::Platform.eq(platform).and(Column::Id.gt(after));
    let page = items.enabled().filter(is_behind).order_by_asc(Column::Id).limit(size);
    Ok(page.all().await?)
}

/// The same in the order of their ranks, behind the one with this rank and id; without the hidden ones if
/// said so.
pub async fn ranked(
    items: &Items<'_>,
    (platform, after, size): (&str, Option<(i64, i64)>, u64),
    without_hidden: bool,
) -> Result<Vec<Model>, Error> {
    let place = || Expr::tuple([Expr::col(Column::Rank), Expr::col(Column::Id)]);
    let is_behind = after.map(|(rank, id)| place().gt(Expr::tuple([rank.into(), id.into()])));
    let is_shown = without_hidden.then(|| Column::Hidden.eq(false));
    let wanted = Condition::all().add(Column::Platform.eq(platform));
    let wanted = wanted.add_option(is_behind).add_option(is_shown);
    let page = items.enabled().filter(wanted).order_by_asc(Column::Rank).order_by_asc(Column::Id);
    Ok(page.limit(size).all().await?)
}

/// Stores new items, and enables those that are there, with the new rank.
pub async fn store(items: &Items<'_>, rows: Vec<ActiveModel>) -> Result<Vec<Model>, Error> {
    items.upsert(rows, &[Column::Enabled, Column::Rank]).await
}

/// Writes what may be changed of these items.
pub async fn update(items: &Items<'_>, rows: Vec<Model>) -> Result<(), Error> {
    let row = |row: Model| ActiveModel {
        platform: Set(row.platform),
        platform_account_code: Set(row.platform_account_code),
        partner_id: Set(row.partner_id),
        created_by: Set(row.created_by),
        hidden: Set(row.hidden),
        enabled: Set(row.enabled),
        rank: Set(row.rank),
        shortlisting_status: Set(row.shortlisting_status),
        shortlist_id: Set(row.shortlist_id),
        brand_selection_status: Set(row.brand_selection_status),
        brand_selection_remarks: Set(row.brand_selection_remarks),
        internal_commercials: Set(row.internal_commercials),
        ..ActiveModel::default()
    };
    let changed = [
        Column::Hidden,
        Column::Enabled,
        Column::Rank,
        Column::ShortlistingStatus,
        Column::ShortlistId,
        Column::BrandSelectionStatus,
        Column::BrandSelectionRemarks,
        Column::InternalCommercials,
    ];
    items.upsert(rows.into_iter().map(row).collect(), &changed).await.map(drop)
}

/// Removes items.
pub async fn remove(items: &Items<'_>, ids: Vec<i64>) -> Result<(), Error> {
    items.remove(Column::Id.is_in(ids)).await.map(drop)
}

/// The newest enabled collection of the scope with an item on this shortlist.
pub async fn collection_of_shortlist(
    rows: &TenantDb<'_>,
    shortlist: &str,
) -> Result<Option<i64>, Error> {
    let row = rows.one(OF_SHORTLIST, [shortlist.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

/// The enabled collection of the scope of this campaign.
pub async fn collection_of_campaign(
    rows: &TenantDb<'_>,
    campaign_id: i64,
) -> Result<Option<i64>, Error> {
    let row = rows.one(OF_CAMPAIGN, [campaign_id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

/// The row of a new item.
pub fn row(
    collection: &Collection,
    (platform, rank, account): (&str, i64, &ResolvedAccount),
    (item, is_admin): (&ItemIn, bool),
    author: i64,
) -> ActiveModel {
    let item = item.clone();
    ActiveModel {
        platform: Set(platform.to_owned()),
        platform_account_code: Set(account.account_id),
        partner_id: Set(collection.partner_id),
        profile_social_id: Set(account.handle.clone()),
        campaign_profile_id: Set(Some(account.campaign_profile_id)),
        shortlisting_status: Set(item.shortlisting_status),
        shortlist_id: Set(item.shortlist_id.map(shortlist)),
        brand_selection_status: Set(item.brand_selection_status),
        brand_selection_remarks: Set(item.brand_selection_remarks),
        internal_commercials: Set(item.commercials.filter(|_| is_admin)),
        hidden: Set(item.hidden.unwrap_or(false)),
        enabled: Set(true),
        rank: Set(rank),
        created_by: Set(author.to_string()),
        ..ActiveModel::default()
    }
}

/// A shortlist as it is stored: `-1` is none.
pub fn shortlist(id: String) -> String {
    if id == "-1" { String::new() } else { id }
}

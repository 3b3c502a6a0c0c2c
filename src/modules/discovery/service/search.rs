//! The creator search.

use chrono_tz::Tz;
use serde_json::json;
use utoipa::IntoParams;

use super::super::dao::account::Along;
use super::super::dao::search::{FoundPage, InCollection, Search, SortKey};
use super::super::dto::ProfilesOut;
use super::super::entity::Owners;
use super::super::manager::account::Source;
use super::super::manager::charged::Searched;
use super::super::manager::search::{Conditions, conditions, understood};
use super::super::manager::{counting, gate, mask, sort};
use super::{DiscoveryService, shown};
use crate::core::caller::Caller;
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::query::{
    Direction, Filter, Filters, ListIn, Page, Paging, QueryPairs, expand_demographics, parse_bool,
};
use crate::core::route::QueryIn;
use crate::core::types::{Plan, Platform, ProfilePlatform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{Activity, ActivityLog, UsageModule};

/// A search as a client asks for it.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Page, order and conditions.
    pub list: ListIn,
    /// What else it says.
    pub params: SearchParams,
}

/// Parameters of a search besides those of lists.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct SearchParams {
    /// GCC: links that creators confirmed.
    pub source: Option<String>,
    /// false: do not count matches.
    #[param(value_type = Option<String>)]
    pub compute_counts: bool,
    /// true: campaign profiles.
    #[param(rename = "campaignProfileJoin", value_type = Option<String>)]
    pub campaign_join: bool,
    /// Logged activity to update.
    #[param(value_type = Option<String>)]
    pub activity_id: Option<i64>,
}

impl QueryIn for SearchParams {
    fn read(query: &QueryPairs) -> Self {
        let flag = |name| query.get(name).and_then(parse_bool);
        Self {
            source: query.get("source").filter(|text| !text.is_empty()).map(str::to_owned),
            compute_counts: flag("computeCounts").unwrap_or(true),
            campaign_join: flag("campaignProfileJoin").unwrap_or(false),
            activity_id: query.get("activityId").and_then(|text| text.parse().ok()),
        }
    }
}

/// A search that was accepted.
struct Accepted<'a> {
    query: &'a SearchQuery,
    source: Source,
    platform: ProfilePlatform,
    /// Conditions of the client, written out.
    filters: Filters,
    /// The same with the country of the installation.
    bound: Filters,
    direction: Direction,
    /// Page of a search on one platform.
    paging: Paging,
    /// Zone in which days begin.
    zone: Tz,
    /// Matches that are counted at most.
    most_counted: u64,
    /// Gates, limits and country do not apply.
    is_exempt: bool,
}

impl DiscoveryService {
    /// A page of a search. It is charged and logged after it was read, so that no transaction waits for
    /// the scan; what the charge refuses is thrown away. At most three statements, one more where a
    /// share id is resolved, and one where the search table is asked about campaign profiles or collections.
    ///
    /// # Errors
    /// `invalid platform`; `invalid Request`, also for what the plan does not include;
    /// `limit consumed`; `partner contract not found`; a store error.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        platform_name: &str,
        query: &SearchQuery,
    ) -> Result<ProfilesOut, Error> {
        let accepted = self.accept(unit, platform_name, query)?;
        let searches = halves(&accepted, unit.caller().is_admin())?;
        let owners = match searches.iter().any(|search| search.collection.is_some()) {
            true => Some(self.owners(unit, &accepted.filters).await?),
            false => None,
        };
        let db = match owners.as_ref().and_then(Owners::scope) {
            Some(scope) => unit.stale_read_of(scope).await?,
            None => unit.stale_read(),
        };
        let mut found = FoundPage::default();
        for mut search in searches {
            if let (Some(within), Some(owners)) = (&mut search.collection, &owners) {
                within.owners = owners.clone();
            }
            let half = self.page(unit, &db, &search).await?;
            found.rows.extend(half.rows);
            found = FoundPage { rows: found.rows, ..half };
        }
        let FoundPage { rows, total, at_least, next, may_follow } = found;
        let (filtered_count, next) = match accepted.platform {
            ProfilePlatform::All => (rows.len() as i64, query.list.page.next_cursor(rows.len())),
            ProfilePlatform::One(_) => {
                let before = accepted.paging.before();
                let uncounted = || counting::uncounted(before, rows.len(), may_follow);
                (total.unwrap_or_else(uncounted), next)
            }
        };
        let message = ProfilesOut::message(rows.len());
        let mut status = Status::success(message, filtered_count).with_next(next);
        status.filtered_count_at_least = at_least;
        if let Some(log) = accepted.log(unit.caller(), filtered_count) {
            status.activity_id = self.usage.charge(unit, log).await?;
        }
        let plan = unit.caller().gated_plan();
        let profiles = rows.iter().map(|found| {
            let mut profile = shown(found, accepted.source, unit);
            mask::listed(&mut profile, plan);
            profile
        });
        Ok(ProfilesOut { status, profiles: profiles.collect() })
    }

    /// Everything that can be refused without a statement.
    fn accept<'a>(
        &self,
        unit: &UnitOfWork,
        platform_name: &str,
        query: &'a SearchQuery,
    ) -> Result<Accepted<'a>, Error> {
        let caller = unit.caller();
        let platform = ProfilePlatform::parse(platform_name).ok_or_else(Error::invalid_platform)?;
        let source = Source::parse(query.params.source.as_deref());
        let filters = expand_demographics(&query.list.filters);
        gate::check(caller.gated_plan(), &filters, query.list.page)?;
        let is_exempt = caller.is_admin() && source == Source::Gcc;
        let country = self.country.as_ref().filter(|_| !is_exempt);
        let country = country.map(|code| Filter::new("EQ", "country", &**code));
        let paging = match platform {
            ProfilePlatform::One(platform) if caller.gated_plan() != Some(Plan::Free) => {
                let keys = sort::keys(platform, query.list.sort_by.as_deref(), true);
                query.list.paging("", keys.iter().map(SortKey::kind))?
            }
            // Where the plan ends is a page's number, which a cursor could only claim.
            _ => query.list.numbered()?,
        };
        Ok(Accepted {
            query,
            source,
            platform,
            bound: Filters(country.into_iter().chain(filters.0.iter().cloned()).collect()),
            filters,
            direction: Direction::parse(query.list.sort_dir.as_deref())?,
            paging,
            zone: self.zone,
            most_counted: self.most_counted,
            is_exempt,
        })
    }
}

impl Accepted<'_> {
    /// What is logged of the search, and what it costs; `None` = nothing.
    fn log(&self, caller: &Caller, result_count: i64) -> Option<ActivityLog> {
        if self.is_exempt {
            return None;
        }
        let query = self.query;
        let searched = Searched {
            platform: self.platform,
            filters: &self.filters,
            sort_by: query.list.sort_by.as_deref(),
            direction: self.direction,
        };
        let (charge, once) = searched.charge(caller, self.paging.is_first())?;
        Some(ActivityLog {
            charge,
            module: UsageModule::Discovery,
            activity: Activity::Discovery,
            count: 1,
            once,
            activity_id: query.params.activity_id,
            meta: Some(meta(self, result_count)),
            unlock_key: None,
        })
    }
}

/// The searches behind a request: one, or one per platform with its part of the page.
fn halves(accepted: &Accepted<'_>, is_admin: bool) -> Result<Vec<Search>, Error> {
    let page = accepted.query.list.page;
    let of_size = |size| Page { size, ..page }.into();
    let parts: Vec<(_, Paging)> = match accepted.platform {
        ProfilePlatform::One(platform) => vec![(platform, accepted.paging.clone())],
        ProfilePlatform::All => vec![
            (Platform::Youtube, of_size(page.size / 2)),
            (Platform::Instagram, of_size(page.size - page.size / 2)),
        ],
    };
    let parts = parts.into_iter().filter(|(_, paging)| paging.size() > 0);
    parts.map(|(platform, paging)| part(accepted, platform, paging, is_admin)).collect()
}

fn part(
    accepted: &Accepted<'_>,
    platform: Platform,
    paging: Paging,
    is_admin: bool,
) -> Result<Search, Error> {
    let Conditions { account, uses_campaign, collection, excluded } =
        conditions(&accepted.bound, (platform, is_admin), accepted.zone)?;
    let has_ranks = !collection.is_empty() && !excluded;
    let is_alone = accepted.platform != ProfilePlatform::All;
    let query = accepted.query;
    let joins_campaign = query.params.campaign_join || accepted.source == Source::Gcc;
    let is_narrow = || !accepted.is_exempt || counting::narrows(&accepted.filters);
    let counts = is_alone && query.params.compute_counts && paging.is_first() && is_narrow();
    Ok(Search {
        platform,
        clauses: account,
        uses_campaign,
        collection: (!collection.is_empty()).then(|| InCollection {
            read_first: false,
            clauses: collection,
            excluded,
            owners: Owners::Partners(Vec::new()),
        }),
        sort: sort::keys(platform, query.list.sort_by.as_deref(), has_ranks),
        direction: accepted.direction,
        counts_to: counts.then_some(accepted.most_counted),
        paging,
        along: Along {
            link: accepted.source.link(),
            campaign: is_alone && (joins_campaign || uses_campaign),
            group: false,
        },
    })
}

/// Longest filters that the activity log remembers, in bytes of JSON; longer ones are null there.
const LOGGED_FILTERS: usize = 24 * 1024;
/// Longest other text, in bytes.
const LOGGED_TEXT: usize = 100;

/// What the activity log remembers of a search, so that it can be repeated.
fn meta(accepted: &Accepted<'_>, result_count: i64) -> serde_json::Value {
    let query = accepted.query;
    let filters = json!(understood(&accepted.filters));
    let filters = Some(filters).filter(|filters| filters.to_string().len() <= LOGGED_FILTERS);
    let text = |text: &Option<String>, default| match text {
        Some(text) if text.len() <= LOGGED_TEXT => text.clone(),
        _ => String::from(default),
    };
    json!({
        "queryParams": {
            "size": query.list.page.size.to_string(),
            "cursor": accepted.paging.number().to_string(),
            "sortBy": text(&query.list.sort_by, "id"),
            "sortDir": text(&query.list.sort_dir, "DESC"),
            "source": text(&query.params.source, ""),
            "campaignProfileJoin": query.params.campaign_join.to_string(),
        },
        "bodyParams": {"filters": filters},
        "result": {"resultCount": result_count},
        "platform": accepted.platform.name(),
    })
}

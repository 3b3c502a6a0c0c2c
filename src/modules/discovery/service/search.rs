//! The creator search.

use serde_json::json;

use super::super::dao::account::Along;
use super::super::dao::collection;
use super::super::dao::search::{self, FoundPage, InCollection, Owners, Search};
use super::super::dto::ProfilesOut;
use super::super::manager::account::Source;
use super::super::manager::search::{Conditions, conditions, loggable, share_id};
use super::super::manager::{counting, gate, mask, sort};
use super::{DiscoveryService, shown};
use crate::core::error::{Code, Error};
use crate::core::query::{
    Direction, Filter, Filters, ListIn, Page, QueryPairs, expand_demographics, parse_bool,
};
use crate::core::respond::Status;
use crate::core::session::Session;
use crate::core::types::{Plan, Platform, ProfilePlatform};
use crate::modules::partner_usage::{Activity, ActivityLog, Charge, UsageModule};

/// A search as a client asks for it.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Page, order and conditions.
    pub list: ListIn,
    /// Kind of links to follow, as sent.
    pub source: Option<String>,
    /// Whether matches may be counted.
    pub compute_counts: bool,
    /// Whether to show campaign profiles.
    pub campaign_join: bool,
    /// Logged activity to update.
    pub activity_id: Option<i64>,
}

impl SearchQuery {
    /// Reads query string and body.
    ///
    /// # Errors
    /// As [`ListIn::parse`].
    pub fn parse(query: &QueryPairs, body: &[u8]) -> Result<Self, Error> {
        let flag = |name| query.get(name).and_then(parse_bool);
        Ok(Self {
            list: ListIn::parse(query, body)?,
            source: query.get("source").filter(|text| !text.is_empty()).map(str::to_owned),
            compute_counts: flag("computeCounts").unwrap_or(true),
            campaign_join: flag("campaignProfileJoin").unwrap_or(false),
            activity_id: query.get("activityId").and_then(|text| text.parse().ok()),
        })
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
    /// Gates, limits and country do not apply.
    is_exempt: bool,
}

impl DiscoveryService {
    /// A page of a search, charged and logged. At most three statements for one platform, one more
    /// where a share id is resolved.
    ///
    /// # Errors
    /// `invalid platform`; `invalid Request`, also for what the plan does not include;
    /// `limit consumed`; `partner contract not found`; a store error.
    pub async fn search(
        &self,
        session: &Session,
        platform_name: &str,
        query: &SearchQuery,
    ) -> Result<ProfilesOut, Error> {
        let accepted = self.accept(session, platform_name, query)?;
        let searches = halves(&accepted, session.caller().is_admin())?;
        let charge = self.charge(session, &accepted).await?;
        let owners = owners(session, &accepted, &searches).await?;
        let (mut rows, mut total) = (Vec::new(), None);
        for mut search in searches {
            if let (Some(within), Some(owners)) = (&mut search.collection, &owners) {
                within.owners = owners.clone();
            }
            let FoundPage { rows: half, total: counted } =
                search::run(&session.catalogue(), &search).await?;
            rows.extend(half);
            total = counted;
        }
        let page = query.list.page;
        let filtered_count = match accepted.platform {
            ProfilePlatform::All => rows.len() as i64,
            ProfilePlatform::One(_) => {
                total.unwrap_or_else(|| counting::uncounted(page, rows.len()))
            }
        };
        let message = ProfilesOut::message(rows.len());
        let mut status = Status::page(message, filtered_count, page, rows.len());
        if let Some(charge) = charge {
            status.activity_id = self.log(session, &accepted, charge, filtered_count).await?;
        }
        let plan = session.caller().gated_plan();
        let profiles = rows.iter().map(|found| {
            let mut profile = shown(found, accepted.source, session);
            mask::listed(&mut profile, plan);
            profile
        });
        Ok(ProfilesOut { status, profiles: profiles.collect() })
    }

    /// Everything that can be refused without a statement.
    fn accept<'a>(
        &self,
        session: &Session,
        platform_name: &str,
        query: &'a SearchQuery,
    ) -> Result<Accepted<'a>, Error> {
        let caller = session.caller();
        let platform = ProfilePlatform::parse(platform_name).ok_or_else(Error::invalid_platform)?;
        let source = Source::parse(query.source.as_deref());
        let filters = expand_demographics(&query.list.filters);
        gate::check(caller.gated_plan(), &filters, query.list.page)?;
        let is_exempt = caller.is_admin() && source == Source::Gcc;
        let country = self.country.as_ref().filter(|_| !is_exempt);
        let country = country.map(|code| Filter::new("EQ", "country", &**code));
        Ok(Accepted {
            query,
            source,
            platform,
            bound: Filters(country.into_iter().chain(filters.0.iter().cloned()).collect()),
            filters,
            direction: Direction::parse(query.list.sort_dir.as_deref())?,
            is_exempt,
        })
    }

    /// How the search is to be logged after it ran; `None` = not at all. The limit is only read
    /// here, so that searches of one partner do not wait for each other.
    async fn charge(
        &self,
        session: &Session,
        accepted: &Accepted<'_>,
    ) -> Result<Option<Charge>, Error> {
        let caller = session.caller();
        if accepted.is_exempt || caller.partner_id.is_none() {
            return Ok(None);
        }
        let is_first = accepted.query.list.page.number == 1;
        let when_first = |charge| is_first.then_some(charge);
        if !matches!(caller.gated_plan(), Some(Plan::Saas | Plan::Paid)) {
            return Ok(when_first(Charge::Free));
        }
        if is_first && accepted.platform == ProfilePlatform::All {
            // Two searches and the charge are three statements already; the charge decides alone.
            return Ok(Some(Charge::Paid));
        }
        let is_premium = gate::is_premium(&accepted.filters);
        if !is_first && !is_premium {
            return Ok(None);
        }
        match self.usage.check(session, UsageModule::Discovery, 1).await {
            Ok(()) => Ok(when_first(Charge::Paid)),
            Err(error) if is_limit_consumed(&error) && !is_premium => Ok(when_first(Charge::Free)),
            Err(error) => Err(error),
        }
    }

    /// Charges and logs. The limit may have been reached since it was read.
    async fn log(
        &self,
        session: &Session,
        accepted: &Accepted<'_>,
        charge: Charge,
        result_count: i64,
    ) -> Result<Option<i64>, Error> {
        let log = |charge| ActivityLog {
            charge,
            module: UsageModule::Discovery,
            activity: Activity::Discovery,
            count: 1,
            activity_id: accepted.query.activity_id,
            meta: Some(meta(accepted, result_count)),
            unlock_key: None,
        };
        match self.usage.log(session, log(charge)).await {
            Err(error)
                if charge == Charge::Paid
                    && is_limit_consumed(&error)
                    && !gate::is_premium(&accepted.filters) =>
            {
                self.usage.log(session, log(Charge::Free)).await
            }
            outcome => outcome,
        }
    }
}

fn is_limit_consumed(error: &Error) -> bool {
    error.code() == Code::LimitConsumed
}

/// The searches behind a request: one, or one per platform with its part of the page.
fn halves(accepted: &Accepted<'_>, is_admin: bool) -> Result<Vec<Search>, Error> {
    let page = accepted.query.list.page;
    let of_size = |size| Page { size, ..page };
    let parts = match accepted.platform {
        ProfilePlatform::One(platform) => vec![(platform, page)],
        ProfilePlatform::All => vec![
            (Platform::Youtube, of_size(page.size / 2)),
            (Platform::Instagram, of_size(page.size - page.size / 2)),
        ],
    };
    let parts = parts.into_iter().filter(|(_, page)| page.size > 0);
    parts.map(|(platform, page)| part(accepted, platform, page, is_admin)).collect()
}

fn part(
    accepted: &Accepted<'_>,
    platform: Platform,
    page: Page,
    is_admin: bool,
) -> Result<Search, Error> {
    let Conditions { account, uses_campaign, collection, excluded } =
        conditions(&accepted.bound, platform, is_admin)?;
    let has_ranks = !collection.is_empty() && !excluded;
    let is_alone = accepted.platform != ProfilePlatform::All;
    let query = accepted.query;
    let joins_campaign = query.campaign_join || accepted.source == Source::Gcc;
    let is_narrow = || !accepted.is_exempt || counting::narrows(&accepted.filters);
    Ok(Search {
        platform,
        clauses: account,
        uses_campaign,
        collection: (!collection.is_empty()).then(|| InCollection {
            clauses: collection,
            excluded,
            owners: Owners::Partners(Vec::new()),
        }),
        sort: sort::keys(platform, query.list.sort_by.as_deref(), has_ranks),
        direction: accepted.direction,
        page,
        counts: is_alone && query.compute_counts && query.list.page.number == 1 && is_narrow(),
        along: Along {
            link: accepted.source.link(),
            campaign: is_alone && (joins_campaign || uses_campaign),
            group: false,
        },
    })
}

/// Whose collections the search may look into, when it does: the caller's own, and the owner's of
/// the shared collection that it is bound to. Begins the transaction, for row-level security.
async fn owners(
    session: &Session,
    accepted: &Accepted<'_>,
    searches: &[Search],
) -> Result<Option<Owners>, Error> {
    if searches.iter().all(|search| search.collection.is_none()) {
        return Ok(None);
    }
    let tx = session.write().await?;
    if session.caller().is_admin() {
        return Ok(Some(Owners::All));
    }
    let mut partners: Vec<i64> = session.caller().partner_id.into_iter().collect();
    if let Some(share_id) = share_id(&accepted.filters) {
        partners.extend(collection::open_shared(&tx, share_id).await?);
    }
    Ok(Some(Owners::Partners(partners)))
}

/// What the activity log remembers of a search, so that it can be repeated.
fn meta(accepted: &Accepted<'_>, result_count: i64) -> serde_json::Value {
    let query = accepted.query;
    json!({
        "queryParams": {
            "size": query.list.page.size.to_string(),
            "cursor": query.list.page.number.to_string(),
            "sortBy": query.list.sort_by.as_deref().unwrap_or("id"),
            "sortDir": query.list.sort_dir.as_deref().unwrap_or("DESC"),
            "source": query.source.as_deref().unwrap_or_default(),
            "campaignProfileJoin": query.campaign_join.to_string(),
        },
        "bodyParams": {"filters": loggable(&accepted.filters)},
        "result": {"resultCount": result_count},
        "platform": accepted.platform.name(),
    })
}

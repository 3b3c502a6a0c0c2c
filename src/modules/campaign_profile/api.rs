//! The nine routes of campaign profiles.

use actix_web::web;

use super::dto::{AudienceInsightsOut, CampaignProfileIn, CampaignProfilesOut};
use super::manager::search::SearchFields;
use super::service::{AccountQuery, CampaignProfileService, RefreshQuery, TokenQuery};
use crate::core::caller::{Admit, Caller, Platform, Tenant, User};
use crate::core::error::Error;
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{
    Answer, Input, List, PathTexts, Query, RecordId, RouteClass, Routes, get, post, put,
};
use crate::core::work::Work;

const PARAMS: PathTexts = &[
    ("id", "Id of the campaign profile"),
    ("platform", "INSTAGRAM, YOUTUBE or GCC; of insights INSTAGRAM"),
    ("handle", "Instagram handle, YouTube channel id, or @ and the channel's name"),
    ("profileCode", "Profile code of confirmed links, for example IA_42"),
];

/// Whoever has a partner, or an account.
struct Reader;

impl Admit for Reader {
    const NAME: &'static str = Tenant::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        match caller.account_id {
            Some(_) => Ok(()),
            None => Tenant::admit(caller),
        }
    }
}

/// Whoever has an account, and the platform's own partner.
struct Creator;

impl Admit for Creator {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        match caller.account_id {
            Some(_) => Ok(()),
            None => Platform::admit(caller),
        }
    }
}

async fn get_campaign_profile(
    service: web::Data<CampaignProfileService>,
    work: Work<Reader>,
    id: RecordId,
    Query(query): Query<AccountQuery>,
) -> Answer<CampaignProfilesOut> {
    work.run(async |unit| service.get(unit, id.read()?, query).await).await
}

async fn find_campaign_profile_by_handle(
    service: web::Data<CampaignProfileService>,
    work: Work<Reader>,
    path: web::Path<(String, String)>,
    Query(query): Query<RefreshQuery>,
) -> Answer<CampaignProfilesOut> {
    work.with_collector_deadline()
        .run(async |unit| service.by_handle(unit, (&path.0, &path.1), query).await)
        .await
}

async fn upsert_campaign_profiles(
    service: web::Data<CampaignProfileService>,
    work: Work<Platform>,
    key: IdempotencyKey,
    input: Input<CampaignProfileIn>,
) -> Answer<CampaignProfilesOut> {
    work.once(&key)
        .with_collector_deadline()
        .run(async |unit| service.upsert(unit, None, input.read()?.unwrap_or_default()).await)
        .await
}

async fn upsert_campaign_profiles_of_code(
    service: web::Data<CampaignProfileService>,
    work: Work<Platform>,
    key: IdempotencyKey,
    code: web::Path<String>,
    input: Input<CampaignProfileIn>,
) -> Answer<CampaignProfilesOut> {
    work.once(&key)
        .with_collector_deadline()
        .run(async |unit| {
            service.upsert(unit, Some(&code), input.read()?.unwrap_or_default()).await
        })
        .await
}

async fn search_campaign_profiles(
    service: web::Data<CampaignProfileService>,
    work: Work<Reader>,
    list: List<SearchFields>,
    Query(query): Query<AccountQuery>,
) -> Answer<CampaignProfilesOut> {
    work.run(async |unit| service.search(unit, &list.read()?, query).await).await
}

async fn update_campaign_profile(
    service: web::Data<CampaignProfileService>,
    work: Work<Platform>,
    id: RecordId,
    input: Input<CampaignProfileIn>,
) -> Answer<CampaignProfilesOut> {
    work.run(async |unit| {
        let id = id.read()?;
        service.update(unit, id, input.read()?.unwrap_or_default()).await
    })
    .await
}

async fn refresh_campaign_profile(
    service: web::Data<CampaignProfileService>,
    work: Work<Platform>,
    id: RecordId,
) -> Answer<CampaignProfilesOut> {
    work.with_collector_deadline().run(async |unit| service.refresh(unit, id.read()?).await).await
}

async fn get_insights(
    service: web::Data<CampaignProfileService>,
    work: Work<Creator>,
    path: web::Path<(String, String)>,
    Query(query): Query<TokenQuery>,
) -> Answer<CampaignProfilesOut> {
    work.with_collector_deadline()
        .run(async |unit| {
            service.insights(unit, (RecordId::parse(&path.0)?, &path.1), &query).await
        })
        .await
}

async fn get_audience_insights(
    service: web::Data<CampaignProfileService>,
    work: Work<Creator>,
    path: web::Path<(String, String)>,
    Query(query): Query<TokenQuery>,
) -> Answer<AudienceInsightsOut> {
    work.with_collector_deadline()
        .run(async |unit| {
            service.audience_insights(unit, (RecordId::parse(&path.0)?, &path.1), &query).await
        })
        .await
}

/// Routes of the module.
pub fn routes(service: &std::sync::Arc<CampaignProfileService>) -> Routes {
    let routes = [
        get("/handle/{platform}/{handle}", find_campaign_profile_by_handle)
            .about("Find the campaign profile of a handle.")
            .more("What is not known yet, account and profile, is created for callers with a partner.")
            .answers("The profile with its account")
            .class(RouteClass::Import),
        post("/search", search_campaign_profiles)
            .about("List campaign profiles.")
            .more(
                "Contacts can be searched by the platform only. Filters over collections and their items find \
                 profiles in the caller's own collections, or in a shared one. Disabled profiles show only with \
                 a filter over `enabled`. `sortBy=profile_collection_item.rank` sorts by the smallest rank in \
                 the collections that a filter names.",
            )
            .answers("A page of profiles"),
        post("/upsert", upsert_campaign_profiles)
            .about("Create or change the profiles of a creator, and link their accounts.")
            .more(
                "`socials` are all accounts of the creator: links to others end. An absent member stays, an \
                 empty text or list removes it. Accounts that are not known are imported.",
            )
            .answers("A profile per account, contacts unmasked and languages by name")
            .class(RouteClass::Import),
        post("/upsert/{profileCode}", upsert_campaign_profiles_of_code)
            .about("The same, with the accounts of a profile code where `socials` are missing.")
            .answers("A profile per account, contacts unmasked and languages by name")
            .class(RouteClass::Import),
        get("/{id}/{platform}/insights", get_insights)
            .about("Metrics of an account as its creator sees them.")
            .more("Asked with the creator's access token; nothing is stored.")
            .answers("The profile with its account")
            .class(RouteClass::Import),
        get("/{id}/{platform}/audienceinsights", get_audience_insights)
            .about("Audience of an account as its creator sees it.")
            .more("Asked with the creator's access token; nothing is stored.")
            .answers("The audience")
            .class(RouteClass::Import),
        post("/{id}/update", update_campaign_profile)
            .about("Change a campaign profile.")
            .more("An absent member stays, an empty text or list removes it. Links stay.")
            .answers("The profile, contacts unmasked and languages by name"),
        put("/{id}/refresh", refresh_campaign_profile)
            .about("Refresh the account of a profile from the collector.")
            .answers("The profile with its account")
            .class(RouteClass::Import),
        get("/{id}", get_campaign_profile)
            .about("Find a campaign profile.")
            .answers("The profile"),
    ];
    Routes::under("/api/campaign-profile", routes).with(service).params(PARAMS)
}

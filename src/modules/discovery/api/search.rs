//! Search, and accounts that are similar to one.

use actix_web::web;

use super::super::dto::ProfilesOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::{DiscoveryService, SearchParams, SearchQuery, SourceIn};
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, List, NoFields, Query};
use crate::core::work::Work;

pub async fn search_profiles(
    service: web::Data<DiscoveryService>,
    work: Work,
    key: IdempotencyKey,
    platform: web::Path<String>,
    (list, Query(params)): (List<NoFields>, Query<SearchParams>),
) -> Answer<ProfilesOut> {
    work.once(&key)
        .run(async |unit| {
            let search = SearchQuery { list: list.read()?, params };
            service.search(unit, &platform, &search).await
        })
        .await
}

pub async fn find_similar_accounts(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<(String, String)>,
    list: List<NoFields>,
    Query(SourceIn { source }): Query<SourceIn>,
) -> Answer<ProfilesOut> {
    work.run(async |unit| {
        let list = list.read()?;
        service.similar(unit, AccountPath::parse(&path.0, &path.1)?, &list, source).await
    })
    .await
}

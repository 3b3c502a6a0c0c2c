//! One profile: by profile code, by account, by handle.

use actix_web::web;

use super::super::dto::ProfilesOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::{DiscoveryService, ProfileQuery};
use crate::core::route::{Answer, Query};
use crate::core::work::Work;

pub async fn find_profile(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<String>,
    Query(query): Query<ProfileQuery>,
) -> Answer<ProfilesOut> {
    work.run(async |unit| service.identity(unit, &path, query).await).await
}

pub async fn find_overview(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<(String, String)>,
    Query(query): Query<ProfileQuery>,
) -> Answer<ProfilesOut> {
    work.run(async |unit| {
        service.overview(unit, AccountPath::parse(&path.0, &path.1)?, query).await
    })
    .await
}

pub async fn find_profile_by_handle(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<(String, String)>,
    Query(query): Query<ProfileQuery>,
) -> Answer<ProfilesOut> {
    work.with_collector_deadline()
        .run(async |unit| service.by_handle(unit, (&path.0, &path.1), query).await)
        .await
}

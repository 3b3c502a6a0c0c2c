//! One profile: by profile code, by account, by handle.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::super::dto::ProfilesOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::{DiscoveryService, ProfileQuery};
use crate::core::query::QueryPairs;
use crate::core::work::UnitOfWork;

/// Identity of a creator across platforms
///
/// Metrics are left out; ranks, prices and audience grades need an unlocked profile.
#[utoipa::path(
    tag = "discovery",
    operation_id = "find_profile",
    params(
        ("profileId" = String, Path, description = "profile code, for example IA_42"),
        ("source" = Option<String>, Query, description = "GCC: links that creators confirmed"),
    ),
    responses((status = 200, description = "The profile", body = ProfilesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{profileId}")]
pub(super) async fn find_profile(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<String>,
) -> HttpResponse {
    let query = ProfileQuery::parse(&QueryPairs::parse(request.query_string()));
    work.run(async |session| service.identity(session, &path, query).await).await
}

/// Profile of an account
///
/// With the linked account and the averages of its group. What the plan does not include is left
/// out; `locked` tells that the partner can unlock the rest.
#[utoipa::path(
    tag = "discovery",
    operation_id = "find_overview",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = String, Path, description = "id of the account"),
        ("source" = Option<String>, Query, description = "GCC: links that creators confirmed"),
        ("campaignProfileJoin" = Option<String>, Query, description = "true: campaign profile"),
    ),
    responses((status = 200, description = "The profile", body = ProfilesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{platform}/{platformProfileId}")]
pub(super) async fn find_overview(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let query = ProfileQuery::parse(&QueryPairs::parse(request.query_string()));
    work.run(async |session| {
        service.overview(session, AccountPath::parse(&path.0, &path.1)?, query).await
    })
    .await
}

/// Profile of a handle, imported when it is not known yet
///
/// Instagram handle or YouTube channel id. Only callers with a partner import.
#[utoipa::path(
    tag = "discovery",
    operation_id = "find_profile_by_handle",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("handle" = String, Path, description = "Instagram handle or YouTube channel id"),
        ("source" = Option<String>, Query, description = "GCC or SAAS"),
        ("campaignProfileJoin" = Option<String>, Query, description = "true: campaign profile"),
    ),
    responses((status = 200, description = "The profile", body = ProfilesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{platform}/byhandle/{handle}")]
pub(super) async fn find_profile_by_handle(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let query = ProfileQuery::parse(&QueryPairs::parse(request.query_string()));
    work.with_collector_deadline()
        .run(async |session| service.by_handle(session, (&path.0, &path.1), query).await)
        .await
}

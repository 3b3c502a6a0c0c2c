//! Search, and accounts that are similar to one.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::super::dto::ProfilesOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::{DiscoveryService, SearchQuery, Source};
use crate::core::body::Body;
use crate::core::idempotency::{IdempotencyParams, IdempotencyResponses};
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;

/// Search for creators
///
/// Unknown fields are ignored and an unknown order falls back to followers. The first request of a
/// search, whatever its page, is charged to the partner's DISCOVERY counter; for 24 hours its other
/// pages cost nothing.
#[utoipa::path(
    tag = "discovery",
    operation_id = "search_profiles",
    params(
        ("platform" = String, Path, description = "INSTAGRAM, YOUTUBE or ALL"),
        ListParams,
        ("source" = Option<String>, Query, description = "GCC: links that creators confirmed"),
        ("computeCounts" = Option<String>, Query, description = "false: do not count matches"),
        ("campaignProfileJoin" = Option<String>, Query, description = "true: campaign profiles"),
        ("activityId" = Option<String>, Query, description = "logged activity to update"),
        IdempotencyParams,
    ),
    request_body = SearchIn,
    responses((status = 200, description = "A page of profiles", body = ProfilesOut), IdempotencyResponses),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/{platform}/search")]
pub(super) async fn search_profiles(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    platform: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.idempotent(&request, &body)
        .run(async |session| {
            let search = SearchQuery::parse(&query, &body)?;
            service.search(session, &platform, &search).await
        })
        .await
}

/// Accounts similar to one
///
/// Followers within 60 % and a category in common. Filters of the body are ignored.
#[utoipa::path(
    tag = "discovery",
    operation_id = "find_similar_accounts",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = String, Path, description = "id of the account"),
        ListParams,
        ("source" = Option<String>, Query, description = "GCC: links that creators confirmed"),
    ),
    request_body = SearchIn,
    responses((status = 200, description = "A page of profiles", body = ProfilesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/{platform}/{platformProfileId}/similar_accounts")]
pub(super) async fn find_similar_accounts(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        let source = Source::parse(query.get("source"));
        service.similar(session, AccountPath::parse(&path.0, &path.1)?, &list, source).await
    })
    .await
}

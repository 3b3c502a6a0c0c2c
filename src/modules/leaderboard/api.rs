//! Route of the leaderboard.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::LeaderboardEntryOut;
use super::service::LeaderboardService;
use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::respond::{Envelope, FAILURE_500, Status};
use crate::core::work::UnitOfWork;

/// Spelling is contract.
const RETRIEVED: &str = "Leaderbaord Retrieved";

/// A page of the leaderboard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeaderboardOut {
    status: Status,
    profiles: Vec<LeaderboardEntryOut>,
}

impl Envelope for LeaderboardOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, profiles: Vec::new() }
    }
}

/// Accounts of one month, best rank first.
#[utoipa::path(
    tag = "leaderboard",
    operation_id = "search_leaderboard",
    params(("platform" = String, Path, description = "INSTAGRAM, YOUTUBE or ALL"), ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of the leaderboard", body = LeaderboardOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/{platform}")]
async fn search_leaderboard(
    service: web::Data<LeaderboardService>,
    work: UnitOfWork,
    request: HttpRequest,
    platform: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        let page = service.search(session, &platform, &list).await?;
        let status = Status::success(RETRIEVED, page.total).with_next(page.next_cursor);
        Ok(LeaderboardOut { status, profiles: page.entries })
    })
    .await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(scope::scope("/leaderboard-service/api/leaderboard").service(search_leaderboard));
}

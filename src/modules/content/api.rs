//! Route of trending content.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::TrendingEntryOut;
use super::service::ContentService;
use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::respond::{Envelope, FAILURE_500, Status};
use crate::core::work::UnitOfWork;

const RETRIEVED: &str = "Record(s) Retrieved Successfully";

/// A page of trending posts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrendingOut {
    status: Status,
    trending: Vec<TrendingEntryOut>,
}

impl Envelope for TrendingOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, trending: Vec::new() }
    }
}

/// Posts that were viewed or played most.
#[utoipa::path(
    tag = "content",
    operation_id = "search_trending_content",
    params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of trending posts", body = TrendingOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/trending_content")]
async fn search_trending_content(
    service: web::Data<ContentService>,
    work: UnitOfWork,
    request: HttpRequest,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        let page = service.trending(session, &list).await?;
        let status = Status::page(RETRIEVED, page.total, list.page, page.entries.len());
        Ok(TrendingOut { status, trending: page.entries })
    })
    .await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope::scope("/content-service/api/content").service(search_trending_content));
}

//! Recent posts of an account.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::super::dto::ContentOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::DiscoveryService;
use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;

/// Recent posts of an account
///
/// Instagram only. Paging and filters are accepted and have no effect.
#[utoipa::path(
    tag = "discovery",
    operation_id = "find_content",
    params(
        ("platform" = String, Path, description = "INSTAGRAM"),
        ("platformProfileId" = String, Path, description = "id of the account"),
        ListParams,
    ),
    request_body = SearchIn,
    responses((status = 200, description = "The newest posts", body = ContentOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/{platform}/{platformProfileId}/content")]
pub(super) async fn find_content(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        ListIn::parse(&query, &body)?;
        service.content(session, AccountPath::parse(&path.0, &path.1)?).await
    })
    .await
}

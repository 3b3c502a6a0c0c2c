//! The caller's own activities.

use actix_web::{HttpRequest, HttpResponse, post, web};

use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;
use crate::modules::activity::{ActivitiesOut, ActivityService};

/// The caller's own activities.
///
/// Fields: `id`, `type`, `created_at`, `updated_at`, and to filter by also `meta.platform`, `meta.id`.
#[utoipa::path(
    tag = "partner-usage", operation_id = "search_partner_activities", params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of activities", body = ActivitiesOut)),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[post("/search")]
pub async fn search_partner_activities(
    service: web::Data<ActivityService>,
    work: UnitOfWork,
    request: HttpRequest,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        session.caller().user()?;
        service.activities(session, &ListIn::parse(&query, &body)?).await
    })
    .await
}

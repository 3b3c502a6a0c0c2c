//! The two routes of activities.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::dto::ActivitiesOut;
use super::service::ActivityService;
use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;

/// The caller's own activities.
///
/// Fields: `id`, `type`, `created_at`, `updated_at`, and to filter by also `meta.platform`, `meta.id`.
#[utoipa::path(
    tag = "activity", operation_id = "search_activities", params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of activities", body = ActivitiesOut)),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[post("/search")]
async fn search_activities(
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

/// One of the caller's own activities.
///
/// The platform's own partner may ask for any.
#[utoipa::path(
    tag = "activity", operation_id = "get_activity",
    params(("id" = String, Path, description = "Id of the activity")),
    responses((status = 200, description = "The activity", body = ActivitiesOut)),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[get("/{id}")]
async fn get_activity(
    service: web::Data<ActivityService>,
    work: UnitOfWork,
    id: web::Path<String>,
) -> HttpResponse {
    work.run(async |session| service.activity(session, &id).await).await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(
        scope::scope("/activity-service/api/activity")
            .service(search_activities)
            .service(get_activity),
    );
}

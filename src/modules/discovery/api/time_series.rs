//! `POST /{platform}/{platformProfileId}/timeseries`.

use actix_web::{HttpRequest, HttpResponse, post, web};

use crate::core::body::Body;
use crate::core::idempotency::{IdempotencyParams, IdempotencyResponses};
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;
use crate::modules::discovery::dto::TimeSeriesOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

/// Growth of an account, week by week or month by month
///
/// Needs a paid plan. The first call for a profile uses one `PROFILE_PAGE` unit and unlocks the
/// profile. Fields: `date`, `monthly_stats`, `followers`, `following`, `views`, `plays`, `uploads`,
/// `engagement_rate`, `followers_change`, `views_total`, `plays_total`; sorted by `date`.
#[utoipa::path(
    tag = "discovery",
    operation_id = "search_time_series",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = i64, Path, description = "Id of the account"),
        ListParams,
        IdempotencyParams,
    ),
    request_body = SearchIn,
    responses((status = 200, description = "The growth", body = TimeSeriesOut), IdempotencyResponses),
    extensions(("x-caller" = json!("tenant"))),
    security(("bearer" = [])),
)]
#[post("/{platform}/{platformProfileId}/timeseries")]
pub async fn search_time_series(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.idempotent(&request, &body)
        .run(async |session| {
            let account = AccountPath::parse(&path.0, &path.1)?;
            service.time_series(session, account, ListIn::parse(&query, &body)).await
        })
        .await
}

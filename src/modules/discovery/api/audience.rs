//! `GET /{platform}/{platformProfileId}/audience`.

use actix_web::{HttpResponse, get, web};

use crate::core::work::UnitOfWork;
use crate::modules::discovery::dto::AudienceOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

/// Audience of an account
///
/// Without a paid plan, and until the partner has unlocked the profile, cities, ages, reachability,
/// authenticity and quality are left out.
#[utoipa::path(
    tag = "discovery",
    operation_id = "get_audience",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = i64, Path, description = "Id of the account"),
    ),
    responses((status = 200, description = "The audience", body = AudienceOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{platform}/{platformProfileId}/audience")]
pub async fn get_audience(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    work.run(async |session| {
        let account = AccountPath::parse(&path.0, &path.1)?;
        service.audience(session, account).await
    })
    .await
}

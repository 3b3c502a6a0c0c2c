//! `GET /{platform}/{platformProfileId}/hashtags`.

use actix_web::{HttpResponse, get, web};

use crate::core::work::UnitOfWork;
use crate::modules::discovery::dto::HashtagsOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

/// Most used hashtags of an account
#[utoipa::path(
    tag = "discovery",
    operation_id = "get_hashtags",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = i64, Path, description = "Id of the account"),
    ),
    responses((status = 200, description = "The hashtags", body = HashtagsOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{platform}/{platformProfileId}/hashtags")]
pub async fn get_hashtags(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    work.run(async |session| {
        let account = AccountPath::parse(&path.0, &path.1)?;
        service.hashtags(session, account).await
    })
    .await
}

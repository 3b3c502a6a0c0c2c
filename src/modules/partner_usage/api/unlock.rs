//! Unlocking of profiles.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::super::dto::UnlockOut;
use super::super::service::PartnerUsageService;
use crate::core::body::Body;
use crate::core::idempotency::{IdempotencyParams, IdempotencyResponses};
use crate::core::respond::Status;
use crate::core::work::UnitOfWork;

/// Unlock the pages of a profile on one platform.
///
/// Charged once for the whole partner. The answer is the bare status.
#[utoipa::path(
    tag = "partner-usage", operation_id = "unlock_profile",
    params(
        ("PlatformCode" = String, Path, description = "Profile code, for example IA_42"),
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE, in any case"),
        IdempotencyParams,
    ),
    responses((status = 200, description = "The outcome", body = UnlockOut), IdempotencyResponses),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[post("/profile/{PlatformCode}/{platform}/unlock")]
pub async fn unlock_profile(
    service: web::Data<PartnerUsageService>,
    work: UnitOfWork,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Body,
) -> HttpResponse {
    let (code, platform) = path.into_inner();
    work.idempotent(&request, &body)
        .run(async |session| {
            service.unlock(session, &code, &platform).await?;
            Ok(UnlockOut(Status::success("Profile Unlocked Successfully", 0)))
        })
        .await
}

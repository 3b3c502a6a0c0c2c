//! Unlocking of profiles.

use actix_web::web;

use super::super::dto::UnlockOut;
use super::super::service::PartnerUsageService;
use crate::core::caller::User;
use crate::core::envelope::Status;
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::Answer;
use crate::core::work::Work;

pub async fn unlock_profile(
    service: web::Data<PartnerUsageService>,
    work: Work<User>,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
) -> Answer<UnlockOut> {
    let (code, platform) = path.into_inner();
    work.once(&key)
        .run(async |unit| {
            service.unlock(unit, &code, &platform).await?;
            Ok(UnlockOut(Status::success("Profile Unlocked Successfully", 0)))
        })
        .await
}

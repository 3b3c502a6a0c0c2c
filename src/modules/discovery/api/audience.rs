//! Audience of an account.

use actix_web::web;

use crate::core::route::Answer;
use crate::core::work::Work;
use crate::modules::discovery::dto::AudienceOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

pub async fn get_audience(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<(String, String)>,
) -> Answer<AudienceOut> {
    work.run(async |unit| {
        let account = AccountPath::parse(&path.0, &path.1)?;
        service.audience(unit, account).await
    })
    .await
}

//! Growth of an account.

use actix_web::web;

use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, List};
use crate::core::work::Work;
use crate::modules::discovery::dto::{GrowthFields, TimeSeriesOut};
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

pub async fn search_time_series(
    service: web::Data<DiscoveryService>,
    work: Work,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    list: List<GrowthFields>,
) -> Answer<TimeSeriesOut> {
    work.once(&key)
        .run(async |unit| {
            let account = AccountPath::parse(&path.0, &path.1)?;
            service.time_series(unit, account, list.read()).await
        })
        .await
}

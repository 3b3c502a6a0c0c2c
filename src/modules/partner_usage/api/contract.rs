//! Contracts with what was consumed of them.

use actix_web::web;

use super::super::dto::{PartnerLimits, PartnerLimitsOut};
use super::super::service::PartnerUsageService;
use crate::core::caller::{Platform, Tenant};
use crate::core::envelope::Status;
use crate::core::route::{Answer, Input};
use crate::core::work::Work;

pub async fn get_contract(
    service: web::Data<PartnerUsageService>,
    work: Work<Tenant>,
    id: web::Path<String>,
) -> Answer<PartnerLimitsOut> {
    work.run(async |unit| {
        let partner = service.contract(unit, &id).await?;
        let status = Status::success("Partner Contract successfully retrieved", 1);
        Ok(PartnerLimitsOut { status, partner: Some(vec![partner]) })
    })
    .await
}

pub async fn change_contract(
    service: web::Data<PartnerUsageService>,
    work: Work<Platform>,
    id: web::Path<String>,
    input: Input<PartnerLimits>,
) -> Answer<PartnerLimitsOut> {
    work.run(async |unit| {
        service.change_contract(unit, &id, input.read()).await?;
        let status = Status::success("Partner Contract successfully Updated", 1);
        Ok(PartnerLimitsOut { status, partner: None })
    })
    .await
}

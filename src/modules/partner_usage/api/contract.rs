//! Contracts with what was consumed of them.

use actix_web::{HttpResponse, get, put, web};

use super::super::dto::{PartnerLimits, PartnerLimitsOut};
use super::super::service::PartnerUsageService;
use crate::core::body::Body;
use crate::core::json::json_body;
use crate::core::respond::Status;
use crate::core::work::UnitOfWork;

/// The partner's contracts, with what was consumed of the one that rules now.
///
/// The platform's own partner may ask for any.
#[utoipa::path(
    tag = "partner-usage", operation_id = "get_contract",
    params(("id" = String, Path, description = "Id of the partner")),
    responses((status = 200, description = "The partner", body = PartnerLimitsOut)),
    extensions(("x-caller" = json!("tenant"))), security(("bearer" = [])),
)]
#[get("/{id}")]
pub async fn get_contract(
    service: web::Data<PartnerUsageService>,
    work: UnitOfWork,
    id: web::Path<String>,
) -> HttpResponse {
    work.run(async |session| {
        let partner = service.contract(session, &id).await?;
        let status = Status::success("Partner Contract successfully retrieved", 1);
        Ok(PartnerLimitsOut { status, partner: Some(vec![partner]) })
    })
    .await
}

/// Make the limits of the first contract the partner's.
///
/// What was consumed stays. Plan `FREE` takes all limits and unlocked profiles away.
#[utoipa::path(
    tag = "partner-usage", operation_id = "change_contract", request_body = PartnerLimits,
    params(("id" = String, Path, description = "Id of the partner")),
    responses((status = 200, description = "Done; no partner", body = PartnerLimitsOut)),
    extensions(("x-caller" = json!("admin"))), security(("bearer" = [])),
)]
#[put("/{id}")]
pub async fn change_contract(
    service: web::Data<PartnerUsageService>,
    work: UnitOfWork,
    id: web::Path<String>,
    body: Body,
) -> HttpResponse {
    work.run(async |session| {
        service.change_contract(session, &id, json_body(&body)).await?;
        let status = Status::success("Partner Contract successfully Updated", 1);
        Ok(PartnerLimitsOut { status, partner: None })
    })
    .await
}

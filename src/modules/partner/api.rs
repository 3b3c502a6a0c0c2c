//! The one route of partners.

use std::sync::Arc;

use actix_web::web;

use super::dto::PartnersOut;
use super::service::PartnerService;
use crate::core::envelope::TypedStatus;
use crate::core::route::{Answer, Routes, get};
use crate::core::work::Work;

async fn get_partner(
    service: web::Data<PartnerService>,
    work: Work,
    id: web::Path<String>,
) -> Answer<PartnersOut> {
    work.run(async |unit| {
        let partner = service.own_partner(unit, &id).await?;
        let status = TypedStatus::success("Record Retrieved Successfully");
        Ok(PartnersOut { status, partners: Some(vec![partner]) })
    })
    .await
}

/// Routes of the module.
pub fn routes(service: &Arc<PartnerService>) -> Routes {
    let get = get("/{id}", get_partner)
        .about("The caller's partner with its contracts.")
        .more("The platform's own partner may ask for any.")
        .answers("The partner");
    Routes::under("/api/partner", [get]).with(service).params(&[("id", "Id of the partner")])
}

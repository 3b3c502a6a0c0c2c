//! The one route of partners.

use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::dto::PartnersOut;
use super::service::PartnerService;
use crate::core::respond::TypedStatus;
use crate::core::work::UnitOfWork;

/// The caller's partner with its contracts.
///
/// The platform's own partner may ask for any.
#[utoipa::path(
    tag = "partner", operation_id = "get_partner",
    params(("id" = String, Path, description = "Id of the partner")),
    responses((status = 200, description = "The partner", body = PartnersOut)),
    extensions(("x-caller" = json!("signed in"))), security(("bearer" = [])),
)]
#[get("/{id}")]
async fn get_partner(
    service: web::Data<PartnerService>,
    work: UnitOfWork,
    id: web::Path<String>,
) -> HttpResponse {
    work.run(async |session| {
        let partner = service.own_partner(session, &id).await?;
        let status = TypedStatus::success("Record Retrieved Successfully");
        Ok(PartnersOut { status, partners: Some(vec![partner]) })
    })
    .await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(scope::scope("/partner-service/api/partner").service(get_partner));
}

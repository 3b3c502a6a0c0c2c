//! Routes of the module.

mod activities;
mod contract;
mod unlock;

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(
        scope::scope("/partner-usage-service/api/partner")
            .service(activities::search_partner_activities)
            .service(unlock::unlock_profile)
            .service(contract::get_contract)
            .service(contract::change_contract),
    );
}

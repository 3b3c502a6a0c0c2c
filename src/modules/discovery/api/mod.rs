//! Routes of the module. Literal segments come before parameters.

mod content;
mod profile;
mod search;

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/discovery-service/api/profile")
            .service(profile::find_profile_by_handle)
            .service(search::search_profiles)
            .service(search::find_similar_accounts)
            .service(content::find_content)
            .service(profile::find_overview)
            .service(profile::find_profile),
    );
}

//! Routes of the module. Literal segments come before parameters.

mod audience;
mod content;
mod hashtags;
mod locations;
mod profile;
mod search;
mod time_series;

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/discovery-service/api/profile")
            .service(locations::search_locations)
            .service(locations::suggest_locations)
            .service(locations::search_location_names)
            .service(profile::find_profile_by_handle)
            .service(search::search_profiles)
            .service(search::find_similar_accounts)
            .service(content::find_content)
            .service(audience::get_audience)
            .service(time_series::search_time_series)
            .service(hashtags::get_hashtags)
            .service(profile::find_overview)
            .service(profile::find_profile),
    );
}

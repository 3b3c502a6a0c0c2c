//! Places by which accounts can be searched.

use actix_web::web;
use utoipa::IntoParams;

use crate::core::query::QueryPairs;
use crate::core::route::{Answer, List, NoFields, Query, QueryIn};
use crate::core::work::Work;
use crate::modules::discovery::dto::{LocationFields, LocationNamesOut, LocationsOut};
use crate::modules::discovery::service::DiscoveryService;

pub async fn search_locations(
    service: web::Data<DiscoveryService>,
    work: Work,
    list: List<LocationFields>,
) -> Answer<LocationsOut> {
    work.run(async |unit| service.locations(unit, &list.read()?).await).await
}

pub async fn suggest_locations(
    service: web::Data<DiscoveryService>,
    work: Work,
    list: List<NoFields>,
) -> Answer<LocationsOut> {
    work.run(async |unit| service.suggest_locations(unit, &list.read()?).await).await
}

/// What to look for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NameIn {
    /// Part of the name, in any case.
    name: Option<String>,
}

impl QueryIn for NameIn {
    fn read(query: &QueryPairs) -> Self {
        Self { name: query.get("name").map(str::to_owned) }
    }
}

pub async fn search_location_names(
    service: web::Data<DiscoveryService>,
    work: Work,
    Query(NameIn { name }): Query<NameIn>,
) -> Answer<LocationNamesOut> {
    work.run(async |unit| service.location_names(unit, &name.unwrap_or_default()).await).await
}

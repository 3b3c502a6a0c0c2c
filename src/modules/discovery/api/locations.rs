//! `POST /locations`, `POST /locations_new`, `GET /gcc_locations`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::work::UnitOfWork;
use crate::modules::discovery::dto::{LocationNamesOut, LocationsOut};
use crate::modules::discovery::service::DiscoveryService;

/// List of the locations of all accounts
///
/// Fields: `id`, `name`, `full_name`, `type`.
#[utoipa::path(
    tag = "discovery",
    operation_id = "search_locations",
    params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of locations", body = LocationsOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/locations")]
pub async fn search_locations(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        service.locations(session, &list).await
    })
    .await
}

/// Locations whose name contains a text
///
/// The text is the value of the last filter; its field and operator do not matter.
#[utoipa::path(
    tag = "discovery",
    operation_id = "suggest_locations",
    params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of locations", body = LocationsOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/locations_new")]
pub async fn suggest_locations(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        service.suggest_locations(session, &list).await
    })
    .await
}

/// Up to 10 names of locations that contain a text
#[utoipa::path(
    tag = "discovery",
    operation_id = "search_location_names",
    params(("name" = Option<String>, Query, description = "Part of the name, in any case")),
    responses((status = 200, description = "The names", body = LocationNamesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/gcc_locations")]
pub async fn search_location_names(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    request: HttpRequest,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        service.location_names(session, query.get("name").unwrap_or_default()).await
    })
    .await
}

//! Routes of the genre overview.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{GenreEntryOut, LanguageSplitOut};
use super::service::GenreInsightsService;
use crate::core::body::Body;
use crate::core::query::{ListIn, ListParams, QueryPairs, SearchIn};
use crate::core::respond::{Envelope, FAILURE_500, Status};
use crate::core::work::UnitOfWork;

const RETRIEVED: &str = "Record(s) Retrieved Successfully";

/// A page of the genre overview.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GenresOut {
    status: Status,
    genre: Vec<GenreEntryOut>,
}

impl Envelope for GenresOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, genre: Vec::new() }
    }
}

/// The genre overview by platform.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GenreLanguagesOut {
    status: Status,
    genre: LanguageSplitOut,
}

impl Envelope for GenreLanguagesOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, genre: LanguageSplitOut::default() }
    }
}

/// Sums over the accounts of genres.
#[utoipa::path(
    tag = "genre insights",
    operation_id = "search_genres",
    params(ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "A page of the genre overview", body = GenresOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/search")]
async fn search_genres(
    service: web::Data<GenreInsightsService>,
    work: UnitOfWork,
    request: HttpRequest,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        let page = service.search(session, &list).await?;
        let status = Status::page(RETRIEVED, page.total, list.page, page.entries.len());
        Ok(GenresOut { status, genre: page.entries })
    })
    .await
}

/// Sums over the accounts of genres, by platform and language.
#[utoipa::path(
    tag = "genre insights",
    operation_id = "split_genres_by_language",
    params(("platform" = String, Path, description = "INSTAGRAM, YOUTUBE or ALL"), ListParams),
    request_body = SearchIn,
    responses((status = 200, description = "Entries by platform", body = GenreLanguagesOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[post("/{platform}/language_split")]
async fn split_genres_by_language(
    service: web::Data<GenreInsightsService>,
    work: UnitOfWork,
    request: HttpRequest,
    platform: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    work.run(async |session| {
        let list = ListIn::parse(&query, &body)?;
        let (genre, total) = service.language_split(session, &platform, &list).await?;
        Ok(GenreLanguagesOut { status: Status::success(RETRIEVED, total), genre })
    })
    .await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/genre-insights-service/api/genre")
            .service(search_genres)
            .service(split_genres_by_language),
    );
}

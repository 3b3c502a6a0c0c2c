//! Routes of the genre overview.

use std::sync::Arc;

use actix_web::web;

use super::dto::{GenreFields, GenreLanguagesOut, GenresOut};
use super::service::GenreInsightsService;
use crate::core::envelope::{LISTED, Status, Success as _};
use crate::core::route::{Answer, List, Routes, post};
use crate::core::work::Work;

async fn search_genres(
    service: web::Data<GenreInsightsService>,
    work: Work,
    list: List<GenreFields>,
) -> Answer<GenresOut> {
    work.run(async |unit| Ok(GenresOut::page(LISTED, service.search(unit, &list.read()?).await?)))
        .await
}

async fn split_genres_by_language(
    service: web::Data<GenreInsightsService>,
    work: Work,
    platform: web::Path<String>,
    list: List<GenreFields>,
) -> Answer<GenreLanguagesOut> {
    work.run(async |unit| {
        let (genre, total) = service.language_split(unit, &platform, &list.read()?).await?;
        Ok(GenreLanguagesOut { status: Status::success(LISTED, total), genre })
    })
    .await
}

/// Routes of the module.
pub fn routes() -> Routes {
    let search = post("/search", search_genres)
        .about("Sums over the accounts of genres.")
        .answers("A page of the genre overview");
    let split = post("/{platform}/language_split", split_genres_by_language)
        .about("Sums over the accounts of genres, by platform and language.")
        .answers("Entries by platform");
    Routes::under("/api/genre", [search, split])
        .with(&Arc::new(GenreInsightsService))
        .params(&[("platform", "INSTAGRAM, YOUTUBE or ALL")])
}

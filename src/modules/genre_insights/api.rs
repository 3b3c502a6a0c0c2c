//! Routes of the genre overview.

use std::sync::Arc;

use actix_web::web;

use super::dto::{GenreFields, GenreLanguagesOut, GenresOut};
use super::service::GenreInsightsService;
use crate::core::envelope::Status;
use crate::core::route::{Answer, List, Routes, post};
use crate::core::work::Work;

const RETRIEVED: &str = "Record(s) Retrieved Successfully";

async fn search_genres(
    service: web::Data<GenreInsightsService>,
    work: Work,
    list: List<GenreFields>,
) -> Answer<GenresOut> {
    work.run(async |session| {
        let list = list.read()?;
        let page = service.search(session, &list).await?;
        let status = Status::page(RETRIEVED, page.total, list.page, page.entries.len());
        Ok(GenresOut { status, genre: page.entries })
    })
    .await
}

async fn split_genres_by_language(
    service: web::Data<GenreInsightsService>,
    work: Work,
    platform: web::Path<String>,
    list: List<GenreFields>,
) -> Answer<GenreLanguagesOut> {
    work.run(async |session| {
        let (genre, total) = service.language_split(session, &platform, &list.read()?).await?;
        Ok(GenreLanguagesOut { status: Status::success(RETRIEVED, total), genre })
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

//! Route of trending content.

use std::sync::Arc;

use actix_web::web;

use super::dto::{TrendingFields, TrendingOut};
use super::service::ContentService;
use crate::core::envelope::{LISTED, Success as _};
use crate::core::route::{Answer, List, Routes, post};
use crate::core::work::Work;

async fn search_trending_content(
    service: web::Data<ContentService>,
    work: Work,
    list: List<TrendingFields>,
) -> Answer<TrendingOut> {
    work.run(async |unit| {
        Ok(TrendingOut::page(LISTED, service.trending(unit, &list.read()?).await?))
    })
    .await
}

/// Routes of the module.
pub fn routes(service: &Arc<ContentService>) -> Routes {
    let search = post("/trending_content", search_trending_content)
        .about("Posts that were viewed or played most.")
        .answers("A page of trending posts");
    Routes::under("/api/content", [search]).with(service)
}

//! Route of the leaderboard.

use std::sync::Arc;

use actix_web::web;

use super::dto::{LeaderboardFields, LeaderboardOut};
use super::service::LeaderboardService;
use crate::core::envelope::Status;
use crate::core::route::{Answer, List, Routes, post};
use crate::core::work::Work;

/// Spelling is contract.
const RETRIEVED: &str = "Leaderbaord Retrieved";

async fn search_leaderboard(
    service: web::Data<LeaderboardService>,
    work: Work,
    platform: web::Path<String>,
    list: List<LeaderboardFields>,
) -> Answer<LeaderboardOut> {
    work.run(async |unit| {
        let page = service.search(unit, &platform, &list.read()?).await?;
        let status = Status::success(RETRIEVED, page.total).with_next(page.next_cursor);
        Ok(LeaderboardOut { status, profiles: page.entries })
    })
    .await
}

/// Routes of the module.
pub fn routes(service: &Arc<LeaderboardService>) -> Routes {
    let search = post("/{platform}", search_leaderboard)
        .about("Accounts of one month, best rank first.")
        .answers("A page of the leaderboard");
    Routes::under("/api/leaderboard", [search])
        .with(service)
        .params(&[("platform", "INSTAGRAM, YOUTUBE or ALL")])
}

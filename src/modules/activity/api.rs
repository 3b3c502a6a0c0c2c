//! The two routes of activities.

use std::sync::Arc;

use actix_web::web;

use super::dto::{ActivitiesOut, ActivityFields};
use super::service::ActivityService;
use crate::core::caller::User;
use crate::core::route::{Answer, List, Routes, get, post};
use crate::core::work::Work;

async fn search_activities(
    service: web::Data<ActivityService>,
    work: Work<User>,
    list: List<ActivityFields>,
) -> Answer<ActivitiesOut> {
    work.run(async |unit| service.activities(unit, &list.read()?).await).await
}

async fn get_activity(
    service: web::Data<ActivityService>,
    work: Work<User>,
    id: web::Path<String>,
) -> Answer<ActivitiesOut> {
    work.run(async |unit| service.activity(unit, &id).await).await
}

/// Routes of the module.
pub fn routes(service: &Arc<ActivityService>) -> Routes {
    let search = post("/search", search_activities)
        .about("The caller's own activities.")
        .answers("A page of activities");
    let get = get("/{id}", get_activity)
        .about("One of the caller's own activities.")
        .more("The platform's own partner may ask for any.")
        .answers("The activity");
    Routes::under("/api/activity", [search, get])
        .with(service)
        .params(&[("id", "Id of the activity")])
}

//! The caller's own activities.

use actix_web::web;

use crate::core::caller::User;
use crate::core::route::{Answer, List};
use crate::core::work::Work;
use crate::modules::activity::{ActivitiesOut, ActivityFields, ActivityService};

pub async fn search_partner_activities(
    service: web::Data<ActivityService>,
    work: Work<User>,
    list: List<ActivityFields>,
) -> Answer<ActivitiesOut> {
    work.run(async |unit| service.activities(unit, &list.read()?).await).await
}

//! Routes of the module.

mod activities;
mod contract;
mod unlock;

use std::sync::Arc;

use super::service::PartnerUsageService;
use crate::core::route::{PathTexts, Routes, get, post, put};
use crate::modules::activity::ActivityService;

const PARAMS: PathTexts = &[
    ("id", "Id of the partner"),
    ("PlatformCode", "Profile code, for example IA_42"),
    ("platform", "INSTAGRAM or YOUTUBE, in any case"),
];

/// Routes of the module.
pub fn routes(service: &Arc<PartnerUsageService>, activity: &Arc<ActivityService>) -> Routes {
    let routes = [
        post("/search", activities::search_partner_activities)
            .about("The caller's own activities.")
            .answers("A page of activities"),
        post("/profile/{PlatformCode}/{platform}/unlock", unlock::unlock_profile)
            .about("Unlock the pages of a profile on one platform.")
            .more("Charged once for the whole partner. The answer is the bare status.")
            .answers("The outcome"),
        get("/{id}", contract::get_contract)
            .about("The partner's contracts, with what was consumed of the one that rules now.")
            .more("The platform's own partner may ask for any.")
            .answers("The partner"),
        put("/{id}", contract::change_contract)
            .about("Make the limits of the first contract the partner's.")
            .more(
                "What was consumed stays. Plan `FREE` takes all limits and unlocked profiles away.",
            )
            .answers("Done; no partner"),
    ];
    Routes::under("/api/partner", routes).with(service).with(activity).params(PARAMS)
}

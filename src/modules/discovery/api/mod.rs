//! Routes of the module.

mod audience;
mod content;
mod hashtags;
mod locations;
mod profile;
mod search;
mod time_series;

use std::sync::Arc;

use super::service::DiscoveryService;
use crate::core::route::{PathTexts, RouteClass, Routes, get, post};

const PARAMS: PathTexts = &[
    ("platform", "INSTAGRAM or YOUTUBE"),
    ("platformProfileId", "Id of the account"),
    ("profileId", "Profile code, for example IA_42"),
    ("handle", "Instagram handle or YouTube channel id"),
];

/// Routes of the module.
pub fn routes(service: &Arc<DiscoveryService>) -> Routes {
    let routes = [
        post("/locations", locations::search_locations)
            .about("List of the locations of all accounts.")
            .answers("A page of locations"),
        post("/locations_new", locations::suggest_locations)
            .about("Locations whose name contains a text.")
            .more("The text is the value of the last filter; its field and operator do not matter.")
            .answers("A page of locations"),
        get("/gcc_locations", locations::search_location_names)
            .about("Up to 10 names of locations that contain a text.")
            .answers("The names"),
        get("/{platform}/byhandle/{handle}", profile::find_profile_by_handle)
            .about("Profile of a handle, imported when it is not known yet.")
            .more("Only callers with a partner import.")
            .answers("The profile")
            .class(RouteClass::Import),
        post("/{platform}/search", search::search_profiles)
            .about("Search for creators.")
            .more(
                "`platform` may be ALL. Unknown fields are ignored and an unknown order falls back to \
                 followers. The first request of a search, whatever its page, is charged to the partner's \
                 DISCOVERY counter; for 24 hours its other pages cost nothing.",
            )
            .answers("A page of profiles"),
        post("/{platform}/{platformProfileId}/similar_accounts", search::find_similar_accounts)
            .about("Accounts similar to one.")
            .more("Followers within 60 % and a category in common. Filters of the body are ignored.")
            .answers("A page of profiles"),
        post("/{platform}/{platformProfileId}/content", content::find_content)
            .about("Recent posts of an account.")
            .more("Instagram only. Paging and filters are accepted and have no effect.")
            .answers("The newest posts"),
        get("/{platform}/{platformProfileId}/audience", audience::get_audience)
            .about("Audience of an account.")
            .more(
                "Without a paid plan, and until the partner has unlocked the profile, cities, ages, \
                 reachability, authenticity and quality are left out.",
            )
            .answers("The audience"),
        post("/{platform}/{platformProfileId}/timeseries", time_series::search_time_series)
            .about("Growth of an account.")
            .more(
                "Needs a paid plan. The first call for a profile uses one `PROFILE_PAGE` unit and unlocks \
                 the profile. Sorted by `date`.",
            )
            .answers("The growth"),
        get("/{platform}/{platformProfileId}/hashtags", hashtags::get_hashtags)
            .about("Most used hashtags of an account.")
            .answers("The hashtags"),
        get("/{platform}/{platformProfileId}", profile::find_overview)
            .about("Profile of an account.")
            .more(
                "With the linked account and the averages of its group. What the plan does not include is \
                 left out; `locked` tells that the partner can unlock the rest.",
            )
            .answers("The profile"),
        get("/{profileId}", profile::find_profile)
            .about("Identity of a creator across platforms.")
            .more("Metrics are left out; ranks, prices and audience grades need an unlocked profile.")
            .answers("The profile"),
    ];
    Routes::under("/api/profile", routes).with(service).params(PARAMS)
}

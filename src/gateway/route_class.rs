//! Classes of routes that have a rate limit of their own.

/// What a request costs, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteClass {
    /// A list over many rows.
    Search,
    /// A few rows.
    Read,
    /// A change.
    Write,
    /// Asks the collector, which asks a paid provider.
    Import,
    /// Any other method.
    Other,
}

use RouteClass::{Import, Other, Read, Search, Write};

/// Method, service prefix, last segments, class; `*` is anything. The first match decides.
const CLASSES: [(&str, &str, &[&str], RouteClass); 27] = [
    ("GET", "*", &["byhandle", "*"], Import),
    ("GET", "campaign-profile-service", &["handle", "*", "*"], Import),
    ("PUT", "campaign-profile-service", &["refresh"], Import),
    ("POST", "*", &["search"], Search),
    ("POST", "discovery-service", &["timeseries"], Search),
    ("POST", "discovery-service", &["content"], Search),
    ("POST", "discovery-service", &["similar_accounts"], Search),
    ("POST", "discovery-service", &["locations"], Search),
    ("POST", "discovery-service", &["locations_new"], Search),
    ("POST", "leaderboard-service", &["leaderboard", "*"], Search),
    ("POST", "genre-insights-service", &["language_split"], Search),
    ("POST", "content-service", &["trending_content"], Search),
    ("POST", "collection-analytics-service", &["summary"], Search),
    ("POST", "collection-analytics-service", &["profiles"], Search),
    ("POST", "collection-analytics-service", &["posts"], Search),
    ("POST", "collection-analytics-service", &["timeseries"], Search),
    ("POST", "collection-analytics-service", &["clicks"], Search),
    ("POST", "collection-analytics-service", &["sentiment"], Search),
    ("POST", "keyword-collection-service", &["report"], Search),
    ("POST", "keyword-collection-service", &["posts"], Search),
    ("POST", "keyword-collection-service", &["profiles"], Search),
    ("GET", "*", &[], Read),
    ("HEAD", "*", &[], Read),
    ("POST", "*", &[], Write),
    ("PUT", "*", &[], Write),
    ("PATCH", "*", &[], Write),
    ("DELETE", "*", &[], Write),
];

impl RouteClass {
    /// Class of a request under a service prefix.
    pub fn of(method: &str, path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        let service = path.split('/').nth(1).unwrap_or_default();
        let matching = CLASSES.iter().find(|(of_method, of_service, last, _)| {
            is(of_method, method) && is(of_service, service) && ends_with(path, last)
        });
        matching.map_or(Other, |(.., class)| *class)
    }

    /// Name in metrics and in Redis.
    pub fn limit_name(self) -> &'static str {
        match self {
            Search => "route_search",
            Read => "route_read",
            Write => "route_write",
            Import => "route_import",
            Other => "route_other",
        }
    }
}

fn is(pattern: &str, text: &str) -> bool {
    pattern == "*" || pattern == text
}

fn ends_with(path: &str, last: &[&str]) -> bool {
    let mut segments = path.rsplit('/');
    last.iter().rev().all(|pattern| segments.next().is_some_and(|segment| is(pattern, segment)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;
    use crate::modules::Modules;

    #[test]
    fn the_table_decides_by_method_and_last_segments() {
        for (method, path, class) in [
            ("POST", "/discovery-service/api/profile/INSTAGRAM/search", Search),
            ("GET", "/discovery-service/api/profile/INSTAGRAM/byhandle/asha", Import),
            ("GET", "/discovery-service/api/profile/INSTAGRAM/7", Read),
            ("POST", "/leaderboard-service/api/leaderboard/ALL", Search),
            ("POST", "/collection-group-service/api/group/", Write),
            ("POST", "/profile-collection-service/api/collection/search/", Search),
            ("PUT", "/campaign-profile-service/api/campaign/7/refresh", Import),
            ("DELETE", "/post-collection-service/api/collection/7/item", Write),
            ("OPTIONS", "/discovery-service/x", Other),
            ("POST", "/discovery-service", Write),
        ] {
            assert_eq!(RouteClass::of(method, path), class, "{method} {path}");
        }
    }

    /// The POST routes that do more than list.
    const WRITES: [&str; 6] = [
        "/collection-group-service/api/group",
        "/identity-service/api/auth/login",
        "/identity-service/api/auth/logout",
        "/identity-service/api/auth/refresh",
        "/identity-service/api/auth/verify/token",
        "/partner-usage-service/api/partner/profile/{PlatformCode}/{platform}/unlock",
    ];

    #[test]
    fn every_route_that_only_lists_is_a_search() {
        let config = Config::from_toml("").expect("defaults");
        let contract = crate::contract::of(&Modules::new(&config));
        let posts = contract.paths.paths.iter().filter(|(_, item)| item.post.is_some());
        let (lists, mut writes): (Vec<&str>, Vec<&str>) = posts
            .map(|(path, _)| path.as_str())
            .partition(|path| RouteClass::of("POST", path) == Search);
        writes.sort_unstable();
        assert_eq!(writes, WRITES);
        for service in ["activity", "content", "discovery", "genre", "leaderboard", "partner-usage"]
        {
            assert!(lists.iter().any(|path| path[1..].starts_with(service)), "{service}");
        }
    }
}

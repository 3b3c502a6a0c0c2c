//! Which service prefixes exist, and that all of them need a session.

/// First path segments behind which a session is required.
const SERVICE_PREFIXES: [&str; 13] = [
    "discovery-service",
    "leaderboard-service",
    "profile-collection-service",
    "activity-service",
    "collection-analytics-service",
    "post-collection-service",
    "genre-insights-service",
    "content-service",
    "collection-group-service",
    "keyword-collection-service",
    "partner-usage-service",
    "campaign-profile-service",
    "social-profile-service",
];

/// The service prefix of a path, compared by whole segments.
pub fn service_prefix(path: &str) -> Option<&'static str> {
    let first = path.strip_prefix('/')?.split('/').next()?;
    SERVICE_PREFIXES.into_iter().find(|prefix| *prefix == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_match_whole_segments() {
        assert_eq!(service_prefix("/content-service/api/x"), Some("content-service"));
        assert_eq!(service_prefix("/content-service"), Some("content-service"));
        assert_eq!(service_prefix("/content-serviceX/api"), None);
        assert_eq!(service_prefix("//content-service/api"), None);
        assert_eq!(service_prefix("/heartbeat/"), None);
    }
}

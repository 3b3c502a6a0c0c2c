//! Which service prefixes exist, and what a caller needs behind them.

use crate::core::config::Config;

/// First path segments of the services.
const SERVICE_PREFIXES: [&str; 15] = [
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
    IDENTITY,
    PARTNER,
];
const IDENTITY: &str = "identity-service";
const PARTNER: &str = "partner-service";

/// Paths of a caller who has no session yet.
const WITHOUT_SESSION: [&str; 3] = [
    "/identity-service/api/auth/login",
    "/identity-service/api/auth/refresh",
    "/identity-service/api/auth/verify/token",
];

/// What a path needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing; it is behind no service prefix.
    Anyone,
    /// A client id.
    Client,
    /// A client id and a session.
    Session,
}

/// What paths need of their callers in this installation.
#[derive(Debug, Clone, Copy)]
pub struct AccessRules {
    built_in_identity: bool,
    built_in_partner: bool,
}

impl AccessRules {
    /// The built-in identity and partner services have no paths where external ones are configured.
    pub fn new(config: &Config) -> Self {
        Self {
            built_in_identity: config.identity.url.is_empty(),
            built_in_partner: config.partner.url.is_empty(),
        }
    }

    /// What a path needs.
    pub fn of(self, path: &str) -> Access {
        match service_prefix(path) {
            None => Access::Anyone,
            Some(IDENTITY) if !self.built_in_identity => Access::Anyone,
            Some(PARTNER) if !self.built_in_partner => Access::Anyone,
            Some(IDENTITY) if WITHOUT_SESSION.contains(&path) => Access::Client,
            Some(_) => Access::Session,
        }
    }
}

/// The service prefix of a path, compared by whole segments.
pub fn service_prefix(path: &str) -> Option<&'static str> {
    let first = path.strip_prefix('/')?.split('/').next()?;
    SERVICE_PREFIXES.into_iter().find(|prefix| *prefix == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signing_in_needs_no_session() {
        let rules = AccessRules { built_in_identity: true, built_in_partner: true };
        assert_eq!(rules.of("/identity-service/api/auth/login"), Access::Client);
        for other in [
            "/identity-service/api/auth/login/",
            "/identity-service/api/auth/logout",
            "/identity-service/api/auth/init",
            "/partner-service/api/partner/1",
            "/discovery-service/identity-service/api/auth/login",
        ] {
            assert_eq!(rules.of(other), Access::Session, "{other}");
        }
        let external = AccessRules { built_in_identity: false, built_in_partner: false };
        assert_eq!(external.of("/identity-service/api/auth/login"), Access::Anyone);
        assert_eq!(external.of("/partner-service/api/partner/1"), Access::Anyone);
        assert_eq!(external.of("/content-service/api/x"), Access::Session);
    }

    #[test]
    fn prefixes_match_whole_segments() {
        assert_eq!(service_prefix("/content-service/api/x"), Some("content-service"));
        assert_eq!(service_prefix("/content-service"), Some("content-service"));
        assert_eq!(service_prefix("/content-serviceX/api"), None);
        assert_eq!(service_prefix("//content-service/api"), None);
        assert_eq!(service_prefix("/heartbeat/"), None);
    }
}

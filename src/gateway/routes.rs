//! Which service prefixes exist, and what a caller needs behind them.

use super::proxy::{Upstream, Upstreams};
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
/// Prefix of the built-in identity service.
pub const IDENTITY: &str = "identity-service";
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

/// Where a path leads.
#[derive(Clone, Copy)]
pub enum Destination<'a> {
    /// To no service.
    Elsewhere,
    /// To a module of this process, by its service prefix.
    Module(&'static str),
    /// To another process.
    Upstream(&'a Upstream),
}

impl<'a> Destination<'a> {
    /// Of a path; prefixes that the proxy serves are no modules'.
    pub fn of(path: &str, upstreams: &'a Upstreams) -> Self {
        match (upstreams.of(path), service_prefix(path)) {
            (Some(upstream), _) => Self::Upstream(upstream),
            (None, Some(prefix)) => Self::Module(prefix),
            (None, None) => Self::Elsewhere,
        }
    }

    /// Its prefix, without slashes.
    pub fn service(self) -> Option<&'a str> {
        match self {
            Self::Elsewhere => None,
            Self::Module(prefix) => Some(prefix),
            Self::Upstream(upstream) => Some(upstream.prefix()),
        }
    }
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

    /// What a path needs that leads to `destination`.
    pub fn of(self, destination: Destination<'_>, path: &str) -> Access {
        match destination {
            Destination::Elsewhere => Access::Anyone,
            Destination::Module(IDENTITY) if !self.built_in_identity => Access::Anyone,
            Destination::Module(PARTNER) if !self.built_in_partner => Access::Anyone,
            Destination::Module(IDENTITY) if WITHOUT_SESSION.contains(&path) => Access::Client,
            Destination::Module(_) | Destination::Upstream(_) => Access::Session,
        }
    }
}

/// The service prefix of a path, compared by whole segments.
pub fn service_prefix(path: &str) -> Option<&'static str> {
    let rest = path.strip_prefix('/')?;
    // Every request pays for this: comparing bytes costs less than a searcher.
    let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
    SERVICE_PREFIXES.into_iter().find(|prefix| prefix.len() == end && rest.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::Proxy;

    #[test]
    fn only_signing_in_needs_no_session() {
        let proxy = Proxy::new(&Config::from_toml("").expect("defaults")).expect("none");
        let upstreams = proxy.upstreams();
        let of = |rules: AccessRules, path: &str| rules.of(Destination::of(path, &upstreams), path);
        let rules = AccessRules { built_in_identity: true, built_in_partner: true };
        assert_eq!(of(rules, "/identity-service/api/auth/login"), Access::Client);
        for other in [
            "/identity-service/api/auth/login/",
            "/identity-service/api/auth/logout",
            "/identity-service/api/auth/init",
            "/partner-service/api/partner/1",
            "/discovery-service/identity-service/api/auth/login",
        ] {
            assert_eq!(of(rules, other), Access::Session, "{other}");
        }
        let external = AccessRules { built_in_identity: false, built_in_partner: false };
        assert_eq!(of(external, "/identity-service/api/auth/login"), Access::Anyone);
        assert_eq!(of(external, "/partner-service/api/partner/1"), Access::Anyone);
        assert_eq!(of(external, "/content-service/api/x"), Access::Session);
    }

    #[test]
    fn every_route_of_a_module_is_behind_a_known_prefix() {
        let config = Config::from_toml("").expect("defaults");
        let contract = crate::contract::of(&crate::modules::Modules::new(&config));
        for path in contract.paths.paths.keys() {
            assert!(service_prefix(path).is_some(), "SERVICE_PREFIXES lacks the one of {path}");
        }
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

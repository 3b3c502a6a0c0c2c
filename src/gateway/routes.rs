//! Where paths lead, what a caller needs there, and which rate limit counts: tables that follow from the
//! modules.

use super::proxy::{Upstream, Upstreams};
use crate::core::capacity::Lane;
use crate::core::module::{Module, Standing};
use crate::core::route::RouteClass;

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

/// The prefixes of this installation.
pub struct Services(Vec<Service>);

/// What is behind one prefix.
pub struct Service {
    prefix: String,
    /// Whether its module works here.
    pub standing: Standing,
    /// Which places to work its requests take.
    pub lane: Lane,
    /// Whether its paths may end with a slash.
    pub optional_slash: bool,
    /// Paths of callers who have no session yet.
    open: Vec<String>,
    /// Routes that count for another limit than their method says.
    classes: Vec<(String, Vec<Segment>, RouteClass)>,
}

/// Of a route's template; `None` = a parameter.
type Segment = Option<String>;

/// Where a path leads.
#[derive(Clone, Copy)]
pub enum Destination<'a> {
    /// To no service.
    Elsewhere,
    /// To a module of this process.
    Module(&'a Service),
    /// To another process.
    Upstream(&'a Upstream),
}

impl Services {
    /// Those of the modules.
    pub fn new(modules: &[Module]) -> Self {
        Self(modules.iter().filter_map(Service::new).collect())
    }

    /// The one that a path leads to; prefixes are compared by whole segments.
    pub fn of(&self, path: &str) -> Option<&Service> {
        let rest = path.strip_prefix('/')?;
        // Every request pays for this: comparing bytes costs less than a searcher.
        let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        self.0.iter().find(|one| one.prefix.len() == end && rest.starts_with(&one.prefix))
    }

    /// Class of a request; that of a prefix that is given away is the module's all the same.
    pub fn class(&self, method: &str, path: &str) -> RouteClass {
        let path = path.strip_suffix('/').unwrap_or(path);
        let known = self.of(path).and_then(|service| service.class(method, path));
        known.unwrap_or_else(|| match method {
            "POST" if path.ends_with("/search") => RouteClass::Search,
            _ => RouteClass::of_method(method),
        })
    }
}

impl Service {
    fn new(module: &Module) -> Option<Self> {
        let prefix = module.prefix.clone()?;
        let (mut open, mut classes) = (Vec::new(), Vec::new());
        for (path, route) in module.all_routes() {
            let (method, class) = (route.method.as_str().to_owned(), route.limited_as());
            if class != RouteClass::of_method(&method) {
                classes.push((method, segments(&path), class));
            }
            if route.is_open() {
                open.push(path);
            }
        }
        let Module { standing, lane, optional_slash, .. } = *module;
        Some(Self { prefix, standing, lane, optional_slash, open, classes })
    }

    /// First segment of its paths.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn class(&self, method: &str, path: &str) -> Option<RouteClass> {
        let is_of = |template: &[Segment]| {
            let mut wanted = template.iter();
            let equal = path.split('/').all(|segment| match wanted.next() {
                Some(Some(literal)) => literal == segment,
                Some(None) => !segment.is_empty(),
                None => false,
            });
            equal && wanted.next().is_none()
        };
        let mut classes = self.classes.iter();
        classes.find(|(of, template, _)| of == method && is_of(template)).map(|(.., class)| *class)
    }
}

fn segments(template: &str) -> Vec<Segment> {
    let segment = |text: &str| (!text.starts_with('{')).then(|| text.to_owned());
    template.split('/').map(segment).collect()
}

impl<'a> Destination<'a> {
    /// Of a path; prefixes that the proxy serves are no modules'.
    pub fn of(path: &str, (services, upstreams): (&'a Services, &'a Upstreams)) -> Self {
        match (upstreams.of(path), services.of(path)) {
            (Some(upstream), _) => Self::Upstream(upstream),
            (None, Some(service)) => Self::Module(service),
            (None, None) => Self::Elsewhere,
        }
    }

    /// Its prefix, without slashes.
    pub fn service(self) -> Option<&'a str> {
        match self {
            Self::Elsewhere => None,
            Self::Module(service) => Some(service.prefix()),
            Self::Upstream(upstream) => Some(upstream.prefix()),
        }
    }

    /// Whether people sign in there: what they send and get is secret.
    pub fn is_identity(self) -> bool {
        matches!(self, Self::Module(Service { lane: Lane::Identity, .. }))
    }

    /// What a path needs that leads there.
    pub fn access(self, path: &str) -> Access {
        match self {
            Self::Elsewhere => Access::Anyone,
            Self::Module(service) if service.open.iter().any(|open| open == path) => Access::Client,
            Self::Module(_) | Self::Upstream(_) => Access::Session,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;
    use crate::gateway::Proxy;
    use crate::modules::Modules;
    use RouteClass::{Import, Other, Read, Search, Write};

    fn services(overrides: &str) -> Services {
        let config = Config::from_toml(overrides).expect("a configuration");
        Services::new(&Modules::new(&config).expect("modules").all)
    }

    #[test]
    fn only_signing_in_needs_no_session() {
        let proxy = Proxy::new(&Config::from_toml("").expect("defaults")).expect("none");
        let upstreams = proxy.upstreams();
        let of = |services: &Services, path: &str| {
            Destination::of(path, (services, &upstreams)).access(path)
        };
        let built_in = services("");
        for open in ["login", "refresh", "verify/token"] {
            let path = format!("/identity-service/api/auth/{open}");
            assert_eq!(of(&built_in, &path), Access::Client, "{path}");
        }
        for other in [
            "/identity-service/api/auth/login/",
            "/identity-service/api/auth/logout",
            "/identity-service/api/auth/init",
            "/partner-service/api/partner/1",
            "/discovery-service/identity-service/api/auth/login",
            "/campaign-profile-service/api/x",
        ] {
            assert_eq!(of(&built_in, other), Access::Session, "{other}");
        }
        let external =
            services("identity.url = \"http://127.0.0.1:1\"\npartner.url = \"http://127.0.0.1:1\"");
        assert_eq!(of(&external, "/identity-service/api/auth/login"), Access::Anyone);
        assert_eq!(of(&external, "/partner-service/api/partner/1"), Access::Anyone);
        assert_eq!(of(&external, "/content-service/api/x"), Access::Session);
    }

    #[test]
    fn prefixes_match_whole_segments() {
        let services = services("");
        let of = |path| services.of(path).map(Service::prefix);
        assert_eq!(of("/content-service/api/x"), Some("content-service"));
        assert_eq!(of("/content-service"), Some("content-service"));
        assert_eq!(of("/content-serviceX/api"), None);
        assert_eq!(of("//content-service/api"), None);
        assert_eq!(of("/heartbeat/"), None);
    }

    #[test]
    fn routes_count_for_the_limit_that_their_types_and_methods_say() {
        let services = services("modules.off = [\"leaderboard\"]");
        for (method, path, class) in [
            ("POST", "/discovery-service/api/profile/INSTAGRAM/search", Search),
            ("POST", "/discovery-service/api/profile/locations_new/", Search),
            ("GET", "/discovery-service/api/profile/INSTAGRAM/byhandle/asha", Import),
            ("GET", "/discovery-service/api/profile/INSTAGRAM/7", Read),
            ("HEAD", "/discovery-service/api/profile/INSTAGRAM/7", Read),
            ("POST", "/leaderboard-service/api/leaderboard/ALL", Search),
            ("POST", "/collection-group-service/api/group/", Write),
            ("POST", "/elsewhere-service/api/search/", Search),
            ("DELETE", "/post-collection-service/api/collection/7/item", Write),
            ("OPTIONS", "/discovery-service/x", Other),
            ("POST", "/discovery-service", Write),
        ] {
            assert_eq!(services.class(method, path), class, "{method} {path}");
        }
    }
}

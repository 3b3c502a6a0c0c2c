//! Rate limits per tenant: per second, per day, and per minute of a class of routes.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use prometheus::IntCounter;
use quick_cache::sync::Cache;

use super::client_address::TrustedProxies;
use super::routes::Services;
use crate::core::caller::Caller;
use crate::core::config::{LimitsConfig, PlanLimits};
use crate::core::error::Code;
use crate::core::limits::{Decision, Limit, Limiter, Stack, Standing};
use crate::core::respond::status_only;
use crate::core::route::RouteClass;
use crate::core::stores::Stores;
use crate::core::types::Plan;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
/// Stacks kept in process; one that is forgotten is asked in Redis anew.
const STACKS: usize = 100_000;
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Whom a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Partner(i64),
    Address(IpAddr),
}

type Key = (Subject, Plan, RouteClass);

/// Limits of all callers of this process.
pub struct Limits {
    config: LimitsConfig,
    proxies: Arc<TrustedProxies>,
    limiter: Limiter,
    stacks: Cache<Key, Arc<Counted>>,
    stores: Stores,
}

/// A stack with the counters of its limits.
struct Counted {
    stack: Stack,
    counters: Vec<Counters>,
}

struct Counters {
    admitted: IntCounter,
    refused: IntCounter,
    unchecked: IntCounter,
}

impl Limits {
    /// Limits from the configuration, shared through Redis where there is one.
    pub fn new(stores: &Stores, proxies: Arc<TrustedProxies>) -> Self {
        Self {
            config: stores.config.limits.clone(),
            proxies,
            limiter: Limiter::new(stores.clone()),
            stacks: Cache::new(STACKS),
            stores: stores.clone(),
        }
    }

    /// Charges a request; `None` when nothing limits it.
    pub async fn decide(
        &self,
        caller: &Caller,
        request: &ServiceRequest,
        services: &Services,
    ) -> Option<Decision> {
        if !self.config.enabled || caller.is_admin() {
            return None;
        }
        let subject = match caller.partner_id {
            Some(partner) => Subject::Partner(partner),
            None => Subject::Address(self.proxies.network(request.head())?),
        };
        let method = request.method();
        let class = services.class(method.as_str(), request.match_info().as_str());
        let counted = self.stack((subject, caller.plan, class))?;
        match self.limiter.admit(&counted.stack).await {
            Ok(decision) => Some(counted.count(decision)),
            Err(_) if is_read(method, class) => {
                // Charged here as well, so that the headers keep telling something true.
                let decision = self.limiter.admit_locally(&counted.stack);
                counted.counters.iter().for_each(|counters| counters.unchecked.inc());
                Some(Decision::Admitted(decision.standing()))
            }
            Err(_) => Some(counted.count(self.limiter.admit_locally(&counted.stack))),
        }
    }

    fn stack(&self, key: Key) -> Option<Arc<Counted>> {
        if let Some(found) = self.stacks.get(&key) {
            return Some(found);
        }
        let (subject, plan, class) = key;
        let scope = match subject {
            Subject::Partner(id) => format!("p{id}"),
            Subject::Address(address) => format!("a{address}"),
        };
        let stack = Stack::new(&scope, limits(self.config.of(plan), class))?;
        let counters = stack.limits().iter().map(|limit| self.counters(limit.name())).collect();
        let counted = Arc::new(Counted { stack, counters });
        self.stacks.get_or_insert_with(&key, || Ok::<_, ()>(counted)).ok()
    }

    fn counters(&self, limit: &str) -> Counters {
        let counter =
            |result| self.stores.metrics.limit_requests.with_label_values(&[limit, result]);
        Counters {
            admitted: counter("admitted"),
            refused: counter("refused"),
            unchecked: counter("unchecked"),
        }
    }
}

impl Counted {
    /// An admitted request counts for every limit, a refused one for the limit that refused it.
    fn count(&self, decision: Decision) -> Decision {
        match decision {
            Decision::Admitted(_) => self.counters.iter().for_each(|c| c.admitted.inc()),
            Decision::Refused { by, .. } => self.counters[by].refused.inc(),
        }
        decision
    }
}

/// Limits of a plan for a class of routes; 0 = none.
fn limits(plan: &PlanLimits, class: RouteClass) -> impl Iterator<Item = Limit> {
    let of_class = match class {
        RouteClass::Search => plan.search_per_minute,
        RouteClass::Read => plan.read_per_minute,
        RouteClass::Write => plan.write_per_minute,
        RouteClass::Import => plan.import_per_minute,
        RouteClass::Other => plan.other_per_minute,
    };
    let all = [
        ("tenant_second", plan.tenant_per_second, SECOND),
        ("tenant_day", plan.tenant_per_day, DAY),
        (class.limit_name(), of_class, MINUTE),
    ];
    let limited = all.into_iter().filter(|(_, count, _)| *count > 0);
    limited.map(|(name, count, period)| Limit::per(name, count, period))
}

/// Requests that go on while nobody can tell whether they are within their limits.
fn is_read(method: &Method, class: RouteClass) -> bool {
    method == Method::GET || method == Method::HEAD || class == RouteClass::Search
}

/// The answer to a request that a limit refused.
pub fn refused(retry_after: u64) -> HttpResponse {
    let mut answer =
        status_only(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, "too many requests");
    answer.headers_mut().insert(RETRY_AFTER, retry_after.into());
    answer
}

/// Tells a limited caller where it stands.
pub fn mark(headers: &mut HeaderMap, standing: Standing) {
    headers.insert(LIMIT, HeaderValue::from(standing.limit));
    headers.insert(REMAINING, HeaderValue::from(standing.remaining));
    headers.insert(RESET, HeaderValue::from(standing.reset));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_limit() {
        let plan =
            PlanLimits { tenant_per_second: 3, write_per_minute: 7, ..PlanLimits::default() };
        let names = |class| limits(&plan, class).map(|l| l.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(RouteClass::Read), ["tenant_second"]);
        assert_eq!(names(RouteClass::Write), ["tenant_second", "route_write"]);
    }
}

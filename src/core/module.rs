//! A module as one value, from which the gateway's tables, the contract, the topology, the jobs and readiness
//! follow.

use std::sync::Arc;

use actix_web::web;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::capacity::Lane;
use super::config::ConfigError;
use super::events::{Queue, Subscription, Topology};
use super::jobs::Job;
use super::route::{Route, Routes};
use super::stores::Stores;

/// Whether a module works in this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    On,
    /// `modules.off` names it: its routes answer 503, its jobs and queues rest.
    Off,
    /// Its prefix is another service's; 503 where `[upstream]` does not say which.
    Elsewhere,
}

/// A store without which a module's routes fail, besides PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// What is scanned.
    ClickHouse,
}

/// Work that goes on as long as the process, on the background threads.
#[derive(Clone)]
pub struct Tending {
    /// Name in the log.
    pub name: &'static str,
    work: Arc<dyn Fn(Stores, CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Tending {
    /// Does the work until it is told to stop.
    pub fn run(&self, stores: Stores, stop: CancellationToken) -> BoxFuture<'static, ()> {
        (self.work)(stores, stop)
    }
}

/// One module.
pub struct Module {
    /// Name in the contract, in `modules.off` and in readiness.
    pub name: &'static str,
    /// First segment of its paths; none where it has no routes.
    pub prefix: Option<String>,
    /// Whether it works.
    pub standing: Standing,
    /// Which places to work its requests take.
    pub lane: Lane,
    /// Whether its paths may end with a slash.
    pub optional_slash: bool,
    /// Stores without which its routes fail.
    pub needs: &'static [Need],
    routes: Vec<Routes>,
    subscriptions: Vec<Subscription>,
    publications: Vec<Queue>,
    jobs: Vec<Job>,
    tending: Vec<Tending>,
}

impl Module {
    /// A module behind `/<name>-service`.
    pub fn new(name: &'static str) -> Self {
        Self { prefix: Some(format!("{name}-service")), ..Self::engine(name) }
    }

    /// A module without routes: others use its service.
    pub fn engine(name: &'static str) -> Self {
        Self {
            name,
            prefix: None,
            standing: Standing::On,
            lane: Lane::default(),
            optional_slash: false,
            needs: &[],
            routes: Vec::new(),
            subscriptions: Vec::new(),
            publications: Vec::new(),
            jobs: Vec::new(),
            tending: Vec::new(),
        }
    }

    /// With routes.
    pub fn routes(mut self, routes: Routes) -> Self {
        self.routes.push(routes);
        self
    }

    /// With queues that it listens to.
    pub fn listens(mut self, subscriptions: Vec<Subscription>) -> Self {
        self.subscriptions.extend(subscriptions);
        self
    }

    /// With a queue of a known consumer elsewhere, in which its events wait.
    pub fn publishes(mut self, queue: Queue) -> Self {
        self.publications.push(queue);
        self
    }

    /// With work on a schedule.
    pub fn runs(mut self, jobs: Vec<Job>) -> Self {
        self.jobs.extend(jobs);
        self
    }

    /// With work that goes on in every process that relays.
    pub fn tends<W, F>(mut self, name: &'static str, work: W) -> Self
    where
        W: Fn(Stores, CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let work = move |stores, stop| -> BoxFuture<'static, ()> { Box::pin(work(stores, stop)) };
        self.tending.push(Tending { name, work: Arc::new(work) });
        self
    }

    /// Its routes fail without these stores.
    pub fn needs(mut self, needs: &'static [Need]) -> Self {
        self.needs = needs;
        self
    }

    /// Its paths may end with a slash.
    pub fn with_optional_slash(mut self) -> Self {
        self.optional_slash = true;
        self
    }

    /// Its requests work in places of their own.
    pub fn in_lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// With another standing.
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = standing;
        self
    }

    /// Whether it works here.
    pub fn is_on(&self) -> bool {
        self.standing == Standing::On
    }

    /// All routes with the templates of their paths, also of a module that is off.
    pub fn all_routes(&self) -> impl Iterator<Item = (String, &Route)> {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        self.routes.iter().flat_map(|routes| routes.all(prefix))
    }

    /// Has the application serve its routes, if it is on.
    pub fn mount(&self, config: &mut web::ServiceConfig) {
        if let Some(prefix) = self.prefix.as_deref().filter(|_| self.is_on()) {
            self.routes.iter().for_each(|routes| routes.mount(prefix, config));
        }
    }

    /// Its work that goes on; none while it is off.
    pub fn tending(&self) -> &[Tending] {
        if self.is_on() { &self.tending } else { &[] }
    }

    /// Its work on a schedule; none while it is off.
    pub fn jobs(&self) -> &[Job] {
        if self.is_on() { &self.jobs } else { &[] }
    }
}

/// What a process with these modules does with messages, and who listens to its own.
pub fn topology(modules: &[Module]) -> Topology {
    let (on, off): (Vec<_>, Vec<_>) = modules.iter().partition(|module| module.is_on());
    let subscriptions = |of: &[&Module]| -> Vec<Subscription> {
        of.iter().flat_map(|module| module.subscriptions.clone()).collect()
    };
    Topology {
        subscriptions: subscriptions(&on),
        resting: subscriptions(&off).iter().map(|one| one.queue).collect(),
        // Other modules use the service of one that is off, and its events still have to arrive.
        publications: modules.iter().flat_map(|module| module.publications.clone()).collect(),
    }
}

/// Switches off the modules of these names.
///
/// # Errors
/// There is none of a name.
pub fn switch_off(modules: &mut [Module], off: &[String]) -> Result<(), ConfigError> {
    for name in off {
        let known = modules.iter().map(|module| module.name).collect::<Vec<_>>().join(", ");
        let module = modules.iter_mut().find(|module| module.name == name.as_str());
        let module = module.ok_or_else(|| ConfigError::Value {
            key: "modules.off",
            reason: format!("no module {name}; there are {known}"),
        })?;
        module.standing = Standing::Off;
    }
    Ok(())
}

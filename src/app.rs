//! Composition root: stores → modules → gateway → listeners → tasks. Used by the command line and by
//! every test, so that both run the same application.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_server::Server;
use actix_web::dev::Service as _;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App as ActixApp, web};
use tokio_util::sync::CancellationToken;
use tracing::level_filters::LevelFilter;
use tracing_actix_web::TracingLogger;

use crate::contract;
use crate::core::config::{Config, ConfigError, Env, Role, background_threads};
use crate::core::db::Purpose;
use crate::core::db::migrate::{SchemaTooOld, Standing};
use crate::core::error::Error;
use crate::core::events::{self, Topology};
use crate::core::fences::{self, Breach};
use crate::core::jobs::{self, Job};
use crate::core::module::Tending;
use crate::core::stores::{OpenError, StoreState, Stores};
use crate::core::tasks::Supervisor;
use crate::core::tls::install_provider;
use crate::gateway::{self, Caps, Census, Gateway, Listening, Policy, RouteTable, Times, Worker};
use crate::modules::Modules;

/// How often an automatic heartbeat asks the stores until they are ready.
const READINESS_POLL: Duration = Duration::from_millis(200);
/// Time that a client has for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// Time after a body's deadline in which whoever reads it says that it did not come.
const BODY_GRACE: Duration = Duration::from_secs(1);
/// How long a connection to the operations listener may be idle.
const OPERATIONS_IDLE: Duration = Duration::from_secs(5);

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A configuration value is not usable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A store that is required does not answer.
    #[error(transparent)]
    Stores(#[from] OpenError),
    /// Production, and row-level security does not keep tenants apart.
    #[error(transparent)]
    Fences(#[from] Breach),
    /// Steps of a schema are missing.
    #[error(transparent)]
    Schema(#[from] SchemaTooOld),
    /// A broker's address that cannot be used.
    #[error(transparent)]
    Events(#[from] Error),
    /// The system gives no threads.
    #[error("background threads: {0}")]
    Threads(#[source] io::Error),
    /// A listener cannot be opened.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Configured address.
        address: String,
        /// Reason.
        source: io::Error,
    },
}

/// Mounts routes on the public listener.
pub type Routes = fn(&mut web::ServiceConfig);

/// A server that is bound and ready to run.
pub struct App {
    /// Present in a process that serves requests.
    public: Option<(Server, SocketAddr)>,
    operations: Server,
    operations_address: SocketAddr,
    topology: Topology,
    jobs: Arc<[Job]>,
    tending: Vec<Tending>,
    gateway: Arc<Gateway>,
    stores: Stores,
    supervisor: Supervisor,
}

impl App {
    /// Opens the stores, binds both listeners and builds everything behind them.
    ///
    /// # Errors
    /// Unusable configuration, PostgreSQL away, a schema that is too old, or a port in use.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::build_with(config, |_| {}).await
    }

    /// The same with `more` routes behind the gateway, which measurements need.
    ///
    /// # Errors
    /// As [`App::build`].
    pub async fn build_with(config: Config, more: Routes) -> Result<Self, StartError> {
        install_provider();
        let descriptors = gateway::raise_limit();
        config.hmac_key()?;
        let stores = Stores::open(config).await?;
        check_schemas(&stores).await?;
        check_fences(&stores).await?;
        let asked = stores.of(Purpose::Gateway);
        let modules = Modules::new(&stores.config)?;
        let jobs = jobs::plan(&modules.jobs, &stores.config)?;
        let gateway = Gateway::new(&asked, &modules)?;
        let (server, operations) = (&stores.config.server, &stores.config.operations);
        let (operations_listener, operations_address) = listen(&operations.host, operations.port)?;
        let public = if stores.config.roles.contains(&Role::Api) {
            let (listener, address) = listen(&server.host, server.port)?;
            let caps = Caps::public(&stores.config, descriptors);
            let policy = policy(&stores, &gateway, (caps, "public"));
            Some((public_server((&modules, more), &gateway, policy, listener)?, address))
        } else {
            None
        };
        let policy = policy(&stores, &gateway, (Caps::operations(), "operations"));
        let operations = operations_server(&stores, &gateway, policy, operations_listener)?;
        let threads = background_threads(&stores.config.roles, workers(&stores.config));
        let supervisor = Supervisor::new(threads).map_err(StartError::Threads)?;
        let topology = modules.topology();
        let tending = modules.all.iter().flat_map(|module| module.tending().to_vec()).collect();
        Ok(Self {
            public,
            operations,
            operations_address,
            topology,
            jobs,
            tending,
            gateway,
            stores,
            supervisor,
        })
    }

    /// Has the process listen to more queues, and declare those of `publications`, which measurements
    /// need.
    pub fn listening_to(mut self, more: Topology) -> Self {
        self.topology.subscriptions.extend(more.subscriptions);
        self.topology.resting.extend(more.resting);
        self.topology.publications.extend(more.publications);
        self
    }

    /// Address of the public listener of a process that serves requests.
    pub fn public_address(&self) -> Option<SocketAddr> {
        self.public.as_ref().map(|(_, address)| *address)
    }

    /// What the process shares.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Address of the operations listener.
    pub fn operations_address(&self) -> SocketAddr {
        self.operations_address
    }

    /// Logs every store that is not configured or does not answer: its routes fail until it does.
    pub async fn report_absent_stores(&self) {
        let config = &self.stores.config;
        let states = self.stores.check().await;
        for (store, state) in states.named() {
            let (address, key) = match store {
                "clickhouse" => (config.clickhouse.url.clone(), "COFFEE__CLICKHOUSE__URL"),
                "redis" => (config.redis.addresses.join(","), "COFFEE__REDIS__ADDRESSES"),
                "rabbitmq" => (self.stores.amqp_address(), "COFFEE__AMQP__URL"),
                _ => continue,
            };
            match state {
                StoreState::Up => {}
                StoreState::Absent => tracing::info!(store, key, "store not configured"),
                // Why it does not answer is in the log already.
                StoreState::Down => {
                    tracing::info!(store, address, "start this store (./dev up), or set {key}");
                }
            }
        }
    }

    /// Serves until `stop`, then drains: heartbeat off, pause, no new connections, requests in
    /// flight finish, tasks stop.
    ///
    /// # Errors
    /// A listener fails.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        let Self {
            public, operations, gateway, stores, supervisor, topology, jobs, tending, ..
        } = self;
        let server = &stores.config.server;
        let has = |role| stores.config.roles.contains(&role);
        let heard = stores.of(Purpose::Background);
        supervisor.spawn("revocation", move |stop| gateway::listen(heard.clone(), stop));
        let started =
            events::start(&supervisor, &stores, topology, (has(Role::Relay), has(Role::Listeners)));
        started.map_err(io::Error::other)?;
        for work in tending.into_iter().filter(|_| has(Role::Relay)) {
            let stores = stores.of(Purpose::Background);
            supervisor.spawn(work.name, move |stop| work.run(stores.clone(), stop));
        }
        if has(Role::Jobs) {
            let stores = stores.clone();
            supervisor
                .spawn("jobs", move |stop| jobs::run(stores.clone(), Arc::clone(&jobs), stop));
        }
        if server.heartbeat_auto {
            switch_on_when_ready(&supervisor, &stores, &gateway);
        }
        let public = public.map(|(server, _)| server);
        let public_handle = public.as_ref().map(Server::handle);
        let operations_handle = operations.handle();
        let delay = Duration::from_secs(server.drain_delay_secs);
        let limit = Duration::from_secs(server.drain_timeout_secs);
        let draining = async {
            stop.cancelled().await;
            tracing::info!("stopping");
            gateway.heartbeat.set(false);
            tokio::time::sleep(delay).await;
            if let Some(public) = public_handle {
                public.stop(true).await;
            }
            supervisor.stop(limit).await;
            operations_handle.stop(true).await;
            tracing::info!("stopped");
        };
        let public = async {
            match public {
                Some(public) => public.await,
                None => Ok(()),
            }
        };
        let serving = async { tokio::try_join!(public, operations).map(drop) };
        let (served, ()) = tokio::join!(stop_on_failure(serving, &stop), draining);
        served
    }
}

/// A schema without the steps that this binary needs is refused; one of a later binary is served.
async fn check_schemas(stores: &Stores) -> Result<(), SchemaTooOld> {
    let versions = stores.schemas().await;
    for (store, version) in versions.named().filter(|(_, v)| v.state == Standing::Newer) {
        let (installed, needed) = (version.installed, version.needed);
        tracing::warn!(store, installed, needed, "the schema is newer than this binary; serving");
    }
    versions.check()
}

/// In production a role or a policy that lets one tenant see another is refused, elsewhere it is told of.
async fn check_fences(stores: &Stores) -> Result<(), StartError> {
    for breach in fences::breaches(stores).await? {
        if stores.config.env == Env::Production {
            return Err(breach.into());
        }
        tracing::warn!("{breach}");
    }
    Ok(())
}

/// A listener that fails stops the whole process instead of leaving half of it behind.
async fn stop_on_failure(
    serving: impl Future<Output = io::Result<()>>,
    stop: &CancellationToken,
) -> io::Result<()> {
    let outcome = serving.await;
    stop.cancel();
    outcome
}

fn switch_on_when_ready(supervisor: &Supervisor, stores: &Stores, gateway: &Arc<Gateway>) {
    let (stores, gateway) = (stores.clone(), Arc::clone(gateway));
    supervisor.spawn("heartbeat", move |stop| {
        let (stores, gateway) = (stores.clone(), Arc::clone(&gateway));
        async move {
            while !stores.check().await.is_ready() && !stop.is_cancelled() {
                tokio::time::sleep(READINESS_POLL).await;
            }
            if !stop.is_cancelled() {
                gateway.heartbeat.set(true);
            }
            stop.cancelled().await;
        }
    });
}

fn listen(host: &str, port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = format!("{host}:{port}");
    let bound = TcpListener::bind((host, port)).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    bound.map_err(|source| StartError::Listen { address, source })
}

fn serving(
    listener: TcpListener,
    serve: impl FnOnce(TcpListener) -> io::Result<Server>,
) -> Result<Server, StartError> {
    let address = listener.local_addr().map(|a| a.to_string()).unwrap_or_default();
    serve(listener).map_err(|source| StartError::Listen { address, source })
}

/// What the connections of a listener have in common.
fn policy(stores: &Stores, gateway: &Gateway, (caps, name): (Caps, &str)) -> Arc<Policy> {
    let (server, metrics) = (&stores.config.server, &stores.metrics.connections);
    let times = Times {
        head: HEAD_TIME,
        body: Duration::from_secs(server.timeout_secs) + BODY_GRACE,
        answer: Duration::from_secs(server.write_timeout_secs),
    };
    let open = metrics.open.with_label_values(&[name]);
    let census = Census::new(caps, Arc::clone(&gateway.proxies), open, metrics.refused.clone());
    Policy::new(times, census, stores)
}

fn public_server(
    (modules, more): (&Modules, Routes),
    gateway: &Arc<Gateway>,
    policy: Arc<Policy>,
    listener: TcpListener,
) -> Result<Server, StartError> {
    let stores = gateway.stores();
    let config = &stores.config;
    let contract = contract::of(&modules.all);
    let stores_data = web::Data::new(stores.clone());
    let gateway_data = web::Data::from(Arc::clone(gateway));
    let routes = web::Data::new(RouteTable::new(&modules.all));
    let contract = web::Data::new(gateway::Contract(contract));
    let modules = Arc::clone(&modules.all);
    let body_limit = config.server.body_limit_bytes;
    let factory = move || {
        let worker = Worker::new(gateway_data.clone().into_inner());
        ActixApp::new()
            .app_data(stores_data.clone())
            .app_data(gateway_data.clone())
            .app_data(routes.clone())
            .app_data(contract.clone())
            .app_data(web::PayloadConfig::new(body_limit))
            .configure(gateway::public_routes)
            .configure(more)
            .configure(|config| modules.iter().for_each(|module| module.mount(config)))
            .default_service(web::to(gateway::unmatched))
            .wrap(from_fn(move |request, next| {
                gateway::pipeline(Rc::clone(&worker), request, next)
            }))
            // Nobody would see the spans otherwise.
            .wrap(Condition::new(
                LevelFilter::current() >= LevelFilter::INFO,
                TracingLogger::<gateway::RequestSpan>::new(),
            ))
    };
    let listening = Listening {
        workers: workers(config),
        keep_alive: Duration::from_secs(config.server.idle_timeout_secs),
        drain_secs: config.server.drain_timeout_secs,
    };
    serving(listener, |listener| gateway::serve(listener, listening, policy, factory))
}

fn operations_server(
    stores: &Stores,
    gateway: &Arc<Gateway>,
    policy: Arc<Policy>,
    listener: TcpListener,
) -> Result<Server, StartError> {
    let stores = web::Data::new(stores.clone());
    let gateway = web::Data::from(Arc::clone(gateway));
    let factory = move || {
        ActixApp::new()
            .app_data(stores.clone())
            .app_data(gateway.clone())
            .configure(gateway::operations_routes)
            .wrap_fn(|mut request, application| {
                gateway::enter_operations(&mut request);
                application.call(request)
            })
    };
    let listening = Listening { workers: 1, keep_alive: OPERATIONS_IDLE, drain_secs: 1 };
    serving(listener, |listener| gateway::serve(listener, listening, policy, factory))
}

fn workers(config: &Config) -> usize {
    match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    }
}

//! The server under test: coffee with one more route and one more queue, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use actix_web::{HttpResponse, web};
use coffee::app::App;
use coffee::core::config::Config;
use coffee::core::envelope::{Envelope, FAILURE_500, Status};
use coffee::core::error::{Code, Error};
use coffee::core::events::{Queue, Subscription, Topology};
use coffee::core::telemetry::Logging;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::core::work::Work;
use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::process::{Process, command, guarded};

/// Where a row is written together with an event.
pub const WRITE: &str = "/content-service/api/faults/write";
/// Where the events arrive.
pub const QUEUE: Queue = Queue::new("faults.dx", "faults_q");
const TOPIC: &str = "faults.dx___faults";
/// Variable that has the server's log shown, from this level on.
const LOG: &str = "FAULT_LOG";

/// A write, as it is sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Write {
    pub id: i64,
    /// Aggregate of the event.
    pub key: i64,
    /// What the request does in the end: nothing, `refuse` or `panic`.
    #[serde(default)]
    pub then: String,
    /// What the handler does: nothing, `panic` or `hang`; `poison` = the event is no order.
    #[serde(default)]
    pub effect: String,
}

/// An event.
#[derive(Serialize, Deserialize)]
struct Order {
    id: i64,
    key: i64,
    effect: String,
}

#[derive(Serialize)]
struct WriteOut {
    status: Status,
}

impl Envelope for WriteOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status }
    }
}

async fn write(work: Work, body: web::Json<Write>) -> HttpResponse {
    work.run(async |unit| {
        let Write { id, key, then, effect } = body.into_inner();
        insert(unit, "INSERT INTO fault_write (id, key) VALUES ($1, $2)", [id, key]).await?;
        let aggregate = Some(key.to_string());
        if effect == "poison" {
            unit.emit(TOPIC, aggregate, &json!({"id": "no number"}))?;
        } else {
            unit.emit(TOPIC, aggregate, &Order { id, key, effect })?;
        }
        match then.as_str() {
            "refuse" => Err(Error::refused(Code::Conflict, "not this one")),
            "panic" => panic!("as the request says"),
            _ => Ok(WriteOut { status: Status::success("written", 1) }),
        }
    })
    .await
    .into()
}

async fn handle(unit: &UnitOfWork, order: Order, pause: Duration) -> Result<(), Error> {
    let sql = "INSERT INTO fault_effect (id, key) VALUES ($1, $2)";
    insert(unit, sql, [order.id, order.key]).await?;
    tokio::time::sleep(pause).await;
    match order.effect.as_str() {
        "panic" => panic!("as the message says"),
        "hang" => std::future::pending().await,
        _ => Ok(()),
    }
}

async fn insert(unit: &UnitOfWork, sql: &str, values: [i64; 2]) -> Result<(), Error> {
    let values = values.map(sea_orm::Value::from);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    unit.write().await?.execute_raw(statement).await?;
    Ok(())
}

/// What a server is started with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Configuration in TOML.
    pub config: String,
    /// Messages in work at the same time.
    pub concurrency: u16,
    /// Messages of one sender that may share a transaction.
    pub together: usize,
    /// Limit of one attempt, in milliseconds.
    pub deadline_ms: u64,
    /// How long a handler takes beside its statements, in milliseconds.
    pub pause_ms: u64,
}

/// Serves until `TERM`.
pub fn main(arguments: &[String]) -> ExitCode {
    let settings = serde_json::from_str(&arguments[0]).expect("settings");
    actix_web::rt::System::new().block_on(serve(settings));
    ExitCode::SUCCESS
}

async fn serve(settings: Settings) {
    let config = Config::from_toml(&settings.config).expect("configuration");
    let _logging = Logging::init(&config).expect("logging");
    let pause = Duration::from_millis(settings.pause_ms);
    let subscription = Subscription::new(QUEUE, "faults", move |unit: &UnitOfWork, order| {
        handle(unit, order, pause).boxed()
    })
    .concurrency(settings.concurrency)
    .together(settings.together)
    .deadline(Duration::from_millis(settings.deadline_ms));
    let topology = Topology { subscriptions: vec![subscription], ..Topology::default() };
    let routes = |config: &mut web::ServiceConfig| {
        config.route(WRITE, web::post().to(write));
    };
    let app = App::build_with(config, routes).await.expect("coffee starts").listening_to(topology);
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).expect("signals");
    let stopping = stop.clone();
    actix_web::rt::spawn(async move {
        terminate.recv().await;
        stopping.cancel();
    });
    println!("listening {} {}", app.public_address().expect("serves"), app.operations_address());
    app.run(stop).await.expect("served");
}

/// A running server.
pub struct Server {
    pub process: Process,
    pub public: String,
    operations: String,
}

impl Server {
    /// Starts one and waits until it listens.
    pub async fn start(settings: &Settings) -> Self {
        let program = std::env::current_exe().expect("a path");
        let text = serde_json::to_string(settings).expect("JSON");
        let words = [program.to_str().expect("a readable path"), "serve", &text];
        let mut command = command(&guarded(&[], &words));
        let shown = std::env::var_os(LOG).is_some();
        let errors = if shown { Stdio::inherit() } else { Stdio::null() };
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(errors));
        let mut lines = BufReader::new(process.output()).lines().map_while(Result::ok);
        let (sender, address) = oneshot::channel();
        std::thread::spawn(move || {
            let told = lines.find_map(|line| line.strip_prefix("listening ").map(str::to_owned));
            let _ = told.map(|told| sender.send(told));
            // The log goes on: somebody has to read it.
            lines.filter(|_| shown).for_each(|line| eprintln!("{line}"));
        });
        let address = address.await.expect("the server listens");
        let (public, operations) = address.split_once(' ').expect("two addresses");
        let of = |address| format!("http://{address}");
        Self { process, public: of(public), operations: of(operations) }
    }

    /// Level of the server's log.
    pub fn log_level() -> String {
        std::env::var(LOG).unwrap_or_else(|_| "error".to_owned())
    }

    /// Answer of `/readyz` with its HTTP status.
    pub async fn readiness(&self) -> (u16, serde_json::Value) {
        let answer = reqwest::get(format!("{}/readyz", self.operations)).await.expect("answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// Value of a metric line that starts with `prefix`, 0 when absent.
    pub async fn metric(&self, prefix: &str) -> f64 {
        let text = reqwest::get(format!("{}/metrics", self.operations)).await.expect("metrics");
        let text = text.text().await.expect("text");
        let line = text.lines().find(|line| line.starts_with(prefix));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
    }
}

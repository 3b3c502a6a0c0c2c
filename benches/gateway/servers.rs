//! The servers: coffee with one more route, and the same handler on bare actix-web.

use std::io::Read as _;
use std::time::Duration;

use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};
use coffee::app::App;
use coffee::core::config::Config;
use coffee::core::telemetry::Logging;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::allocations;

/// Where the answer of 2 KB is, in every server.
pub const ANSWER: &str = "/content-service/api/bench/answer";
/// Answers nothing: what a verifier behind `auth_request` has to say.
pub const VERIFY: &str = "/content-service/api/bench/verify";
/// Allocations of the worker so far.
pub const ALLOCATIONS: &str = "/content-service/api/bench/allocations";

/// Where the answer is behind a proxy.
pub const PROXIED: &str = "/social-profile-service/bench/answer";

/// A row of the answer.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    id: i64,
    handle: &'static str,
    name: &'static str,
    followers: i64,
    engagement_rate: f64,
    country: Option<&'static str>,
    is_verified: bool,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    profiles: Vec<Profile>,
}

/// About 2 KB of JSON, built and serialised anew for every request.
async fn answer() -> HttpResponse {
    let profile = |id| Profile {
        id,
        handle: "a_creator_of_videos",
        name: "A Creator of Videos",
        followers: 1_234_567 + id,
        engagement_rate: 0.0371,
        country: Some("IN"),
        is_verified: id % 2 == 0,
    };
    let profiles = (0..14).map(profile).collect();
    HttpResponse::Ok().json(Answer { status: "SUCCESS", profiles })
}

async fn verify() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

async fn allocated() -> String {
    allocations::of_this_thread().to_string()
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route(ANSWER, web::get().to(answer))
        .route(VERIFY, web::get().to(verify))
        .route(ALLOCATIONS, web::get().to(allocated));
}

/// coffee as it is, configured by the environment, until standard input ends.
pub async fn serve() {
    let config = Config::load(None).expect("configuration");
    let _logging = Logging::init(&config).expect("logging");
    let app = App::build_with(config, routes).await.expect("coffee starts");
    println!("listening {}", app.public_address().expect("serves"));
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    std::thread::spawn(move || {
        until_standard_input_ends();
        stopping.cancel();
    });
    app.run(stop).await.expect("served");
}

/// The handler and nothing else, with the same settings of the server.
pub async fn bare() {
    let workers = std::env::var("COFFEE__SERVER__WORKERS").expect("set").parse().expect("a number");
    let server =
        HttpServer::new(|| ActixApp::new().configure(routes).route(PROXIED, web::get().to(answer)))
            .workers(workers)
            .keep_alive(Duration::from_secs(600))
            .client_request_timeout(Duration::from_secs(5))
            .h1_allow_half_closed(false)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("a port");
    println!("listening {}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    std::thread::spawn(move || {
        until_standard_input_ends();
        drop(handle.stop(false));
        std::process::exit(0);
    });
    server.await.expect("served");
}

fn until_standard_input_ends() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

//! Waiting for a connection: until the deadline, and what is said then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::{HttpResponse, http::StatusCode};
use coffee::core::caller::Caller;
use coffee::core::db::Purpose;
use coffee::core::envelope::{ERROR, Envelope, Status};
use coffee::core::events::{Delivery, Outcome, deliver};
use coffee::core::stores::Stores;
use coffee::core::work::Work;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use crate::support::{TestApp, events};

/// Beyond the deadline: for the answer itself, on a loaded machine.
const GRACE: Duration = Duration::from_secs(2);

#[derive(serde::Serialize)]
struct Done {
    status: Status,
}

impl Envelope for Done {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status }
    }
}

async fn stores(app: &TestApp, connections: u32) -> Stores {
    let mut config = app.config.clone();
    config.postgres.max_connections = connections;
    config.postgres.background_connections = connections;
    Stores::open(config).await.expect("stores open")
}

async fn work(stores: &Stores, limit: Duration, sql: &str) -> HttpResponse {
    let caller = Caller { partner_id: Some(10), account_id: Some(1), ..Caller::default() };
    let work = <Work>::new(stores.clone(), Arc::new(caller), Instant::now(), limit);
    work.run(async |unit| {
        unit.write().await?.execute_unprepared(sql).await?;
        Ok(Done { status: Status::success("done", 1) })
    })
    .await
    .into()
}

async fn message(answer: HttpResponse) -> String {
    let bytes = to_bytes(answer.into_body()).await.expect("a body");
    let body: Value = serde_json::from_slice(&bytes).expect("JSON");
    body["status"]["message"].as_str().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn waiting_for_a_connection_until_the_deadline_is_504() {
    let app = TestApp::start().await;
    let stores = stores(&app, 1).await;
    let later = Instant::now() + Duration::from_secs(60);
    let _held = stores.primary().acquire(later).await.expect("a connection");
    // As long as the server's own limit, and longer.
    for limit in [Duration::from_secs(1), Duration::from_secs(app.config.server.timeout_secs)] {
        let started = Instant::now();
        let answer = work(&stores, limit, "SELECT 1").await;
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(message(answer).await, "request timed out");
        assert!(started.elapsed() >= limit, "not before the deadline");
    }
}

#[actix_web::test]
async fn five_connections_serve_forty_requests_as_far_as_time_allows() {
    let app = TestApp::start().await;
    let stores = stores(&app, 5).await;
    let (started, limit) = (Instant::now(), Duration::from_secs(2));
    let answers = (0..40).map(|_| work(&stores, limit, "SELECT pg_sleep(0.4)"));
    let answers = join_all(answers).await;
    assert!(started.elapsed() < limit + GRACE, "{:?}", started.elapsed());
    let (served, others): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status() == StatusCode::OK);
    for answer in others {
        let code = answer.status();
        let text = message(answer).await;
        // Told in time that there is no place, or at the deadline.
        let is_told = code == StatusCode::SERVICE_UNAVAILABLE;
        assert!(is_told || code == StatusCode::GATEWAY_TIMEOUT, "{code}: {text}");
    }
    assert!(served.len() >= 5, "{} of 40 were served", served.len());
    for answer in served {
        assert_eq!(message(answer).await, "done");
    }
    let (in_use, waiting) = stores.primary().load();
    assert!(in_use <= 5 && waiting == 0, "{in_use} in use, {waiting} wait");
}

#[actix_web::test]
async fn a_message_that_waits_for_a_connection_is_not_counted_against_it() {
    let app = TestApp::start().await;
    let background = stores(&app, 1).await.of(Purpose::Background);
    let later = Instant::now() + Duration::from_secs(60);
    let held = background.primary().acquire(later).await.expect("a connection");
    let subscription = events::subscription(events::queue());
    let message = Delivery {
        message_id: Some("waits".to_owned()),
        body: r#"{"n": 1}"#.into(),
        ..Delivery::default()
    };
    let outcome = deliver(&background, &subscription, &message).await;
    assert!(matches!(outcome, Outcome::Away(_)), "{outcome:?}");
    drop(held);
}

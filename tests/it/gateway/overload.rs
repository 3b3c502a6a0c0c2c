//! More work than the stores can do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use coffee::core::envelope::{ERROR, Envelope, Status};
use coffee::core::error::Error;
use coffee::core::types::Plan;
use coffee::core::work::Work;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;

use crate::support::{Client, TestApp};

const SLOW: &str = "/content-service/slow";

#[derive(serde::Serialize)]
struct Slept {
    status: Status,
}

impl Envelope for Slept {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status }
    }
}

async fn slow(work: Work) -> HttpResponse {
    work.run(async |unit| {
        let db = unit.write().await?;
        db.execute_unprepared("SELECT pg_sleep(0.1)").await?;
        Ok::<_, Error>(Slept { status: Status::success("slept", 1) })
    })
    .await
    .into()
}

/// Eight connections to the database.
async fn start() -> TestApp {
    TestApp::start_with_routes(
        "[clickhouse]\nurl = \"\"\n[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 2\n\
         drain_delay_secs = 0\ntimeout_secs = 2\nqueue = 32\nmax_connections_per_address = 0",
        |config| {
            config.route(SLOW, web::get().to(slow));
        },
    )
    .await
}

/// What so many clients get who ask again as soon as they are answered, or a little later if refused.
struct Load {
    served: AtomicUsize,
    refused: AtomicUsize,
}

impl Load {
    async fn of(clients: &[Client], time: Duration) -> Self {
        let load = Self { served: AtomicUsize::new(0), refused: AtomicUsize::new(0) };
        let end = Instant::now() + time;
        let ask = async |client: &Client| {
            while Instant::now() < end {
                let answer = client.get(SLOW).await;
                match answer.code.as_u16() {
                    200 => load.served.fetch_add(1, Ordering::Relaxed),
                    503 => {
                        assert_eq!(answer.headers["retry-after"], "1");
                        assert_eq!(answer.status().0, "ERROR");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        load.refused.fetch_add(1, Ordering::Relaxed)
                    }
                    other => panic!("{other}: {}", answer.text),
                };
            }
        };
        join_all(clients.iter().map(ask)).await;
        load
    }
}

#[actix_web::test]
async fn eight_times_the_capacity_changes_little_for_those_served() {
    let app = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let time = Duration::from_secs(3);
    let alone = Load::of(&vec![client.clone(); 8], time).await.served.into_inner();
    let crowd = Load::of(&vec![client; 64], time).await;
    let (served, refused) = (crowd.served.into_inner(), crowd.refused.into_inner());
    assert!(served * 10 >= alone * 9, "{served} instead of {alone}, {refused} refused");
    assert!(refused > 0);
    assert_eq!(app.metric("coffee_work_running").await, 0.0);
    assert_eq!(app.metric("coffee_work_waiting").await, 0.0);
}

#[actix_web::test]
async fn one_tenants_burst_does_not_delay_another() {
    let app = start().await;
    let (loud, quiet) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let burst = vec![loud; 64];
    let burst = Load::of(&burst, Duration::from_secs(3));
    let asking = async {
        app.eventually("a queue", || async { app.metric("coffee_work_waiting").await > 0.0 }).await;
        let mut longest = Duration::ZERO;
        for _ in 0..10 {
            let began = Instant::now();
            assert_eq!(quiet.get(SLOW).await.code, 200);
            longest = longest.max(began.elapsed());
            // Neither signing out nor what needs no place waits.
            assert_eq!(quiet.get("/docs").await.code, 200);
        }
        longest
    };
    let (_, longest) = tokio::join!(burst, asking);
    assert!(longest < Duration::from_secs(1), "{longest:?}");
}

//! A stop of the process while background work ends.

use coffee::core::config::Role;
use coffee::core::types::Plan;
use futures_util::future::join_all;
use sea_orm::sqlx::Connection as _;

use super::{NOWHERE, Server, new_session};
use crate::support::TestApp;

const GROUP: &str = "/collection-group-service/api/group/1";

#[actix_web::test]
async fn a_stop_during_a_job_records_the_job() {
    let app = TestApp::start().await;
    let token = new_session(&app, "busy").await;
    app.token(10, Plan::Saas).await;
    app.execute("UPDATE partner_usage SET next_reset_on = now() - interval '1 day'").await;
    let mut owner = app.owner.acquire().await.expect("a connection");
    let mut lock = owner.begin().await.expect("a transaction");
    let hang = "LOCK TABLE partner_usage IN EXCLUSIVE MODE";
    sea_orm::sqlx::query(hang).execute(&mut *lock).await.expect("locked");
    let mut config = app.config.clone();
    config.roles = vec![Role::Api, Role::Jobs];
    config.jobs.usage_reset_secs = 3600;
    let server = Server::start(config).await;
    // HTTP workers open connections, which must not end with them.
    let client = server.with_token(&token);
    join_all((0..8).map(|_| client.get(GROUP))).await;
    assert_eq!(client.get(NOWHERE).await.code, 404);
    app.eventually("the job has begun", || async {
        app.value(
            "SELECT 1 FROM job_run WHERE name = 'usage-reset' AND last_started_at IS NOT NULL",
        )
        .await
        .is_some()
    })
    .await;
    server.end().await;
    let error = app.value("SELECT last_error FROM job_run WHERE name = 'usage-reset'").await;
    assert_eq!(error.as_deref(), Some("stopped before its end"));
    lock.rollback().await.expect("unlocked");
}

#[test]
fn a_connection_outlives_the_worker_that_opened_it() {
    use std::time::{Duration, Instant};

    use coffee::core::stores::Stores;
    use deadpool_redis::redis;
    use sea_orm::ConnectionTrait as _;

    let worker = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime")
    };
    let (first, second) = (worker(), worker());
    let (app, stores) = first.block_on(async {
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let app = TestApp::start().await;
                let mut config = app.config.clone();
                config.postgres.max_connections = 1;
                let stores = Stores::open(config).await.expect("stores open");
                let deadline = Instant::now() + Duration::from_secs(10);
                let _loan = stores.primary().acquire(deadline).await.expect("a connection");
                let redis = stores.redis().expect("configured");
                redis.run::<String>(&redis::cmd("PING")).await.expect("answers");
                (app, stores)
            })
            .await
    });
    drop(first);
    second.block_on(async {
        stores.db().execute_unprepared("SELECT 1").await.expect("the connection lives");
        let redis = stores.redis().expect("configured");
        redis.run::<String>(&redis::cmd("PING")).await.expect("the connection lives");
    });
    drop(app);
}

//! `postgres.url` may lead to a pooler that gives every transaction another session of the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::config::{Role, Secret};
use coffee::core::jobs;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::Modules;
use coffee::modules::identity::{IdentityService, NewUser};
use futures_util::future::join_all;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Server;
use crate::support::{Pooler, TestApp};

const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search";
const GROUP: &str = "/collection-group-service/api/group";
const PASSWORD: &str = "correct horse";

#[actix_web::test]
async fn everything_works_through_a_pooler_in_transaction_mode() {
    let app = TestApp::start().await;
    let token = app.token(10, Plan::Paid).await;
    add_user(&app).await;
    app.seed_instagram(&json!({"handle": "asha"})).await;
    let pooler = Pooler::start(app.config.postgres.url.expose()).await;
    let mut config = app.config.clone();
    config.roles = vec![Role::Api, Role::Relay, Role::Listeners, Role::Jobs];
    config.postgres.direct_url = config.postgres.url.clone();
    config.postgres.url = Secret::new(pooler.url());
    let server = Server::start(config.clone()).await;

    let login = json!({"mode": "EMAIL", "id": "asha@example.com", "secret": PASSWORD});
    let login = server.anonymous().post("/identity-service/api/auth/login", &login).await;
    assert_eq!(login.json()["status"]["type"], "SUCCESS", "{}", login.text);

    // More at once than the server has sessions for the pooler, and again, so that a statement of an
    // earlier transaction would be missed.
    let client = server.with_token(&token);
    for _ in 0..3 {
        let searches = join_all((0..8).map(|_| client.list(SEARCH, &[]))).await;
        for search in searches {
            search.success();
        }
    }

    let writes = join_all((0..8).map(|number| {
        let (client, id) = (client.clone(), format!("s{number}"));
        async move {
            let group = json!({"source": "SAAS", "sourceId": id, "name": "n"});
            client.post(GROUP, &group).await
        }
    }));
    for write in writes.await {
        write.success();
    }
    assert_eq!(app.count("collection_group").await, 8);

    // The searches were logged, each with an event.
    assert!(app.count("activity_tracker").await > 0, "they were logged");
    app.eventually("every event is carried", || async { app.count("event_outbox").await == 0 })
        .await;

    let stores = Stores::open(config).await.expect("stores open");
    let all = Modules::new(&app.config).expect("modules").jobs;
    let job = all.iter().find(|job| job.name == "housekeeping").expect("a job");
    jobs::run_now(&stores, job, &CancellationToken::new()).await.expect("runs");
    server.end().await;
}

async fn add_user(app: &TestApp) {
    let stores = Stores::open_as_owner(app.config.clone()).await.expect("stores open");
    let deadline = Instant::now() + Duration::from_secs(30);
    let unit = UnitOfWork::new(stores, Arc::new(Caller::default()), deadline);
    let asha = NewUser {
        email: "asha@example.com".into(),
        name: Some("Asha".into()),
        user_id: Some(42),
        account_id: Some(77),
        partner_id: Some(10),
    };
    let identity = IdentityService::default();
    identity.add_user(&unit, &asha, Secret::new(PASSWORD)).await.expect("user is added");
    unit.commit().await.expect("commits");
}

//! What hangs takes connections of its own kind only.

use coffee::core::config::Secret;
use coffee::core::types::Plan;
use futures_util::future::join_all;
use sea_orm::sqlx::Connection as _;
use serde_json::json;

use super::{NOWHERE, new_session};
use crate::support::TestApp;

const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search";

#[actix_web::test]
async fn twenty_searches_that_hang_do_not_turn_one_sign_in_into_503() {
    let app = TestApp::start().await;
    let searcher = app.partner(10, Plan::Saas).await;
    let token = new_session(&app, "late").await;
    let mut owner = app.owner.acquire().await.expect("a connection");
    let mut lock = owner.begin().await.expect("a transaction");
    let hang = "LOCK TABLE instagram_account IN ACCESS EXCLUSIVE MODE";
    sea_orm::sqlx::query(hang).execute(&mut *lock).await.expect("locked");
    let searches = join_all((0..20).map(|_| searcher.list(SEARCH, &[])));
    let signing_in = async {
        let busy = r#"coffee_connections_in_use{pool="requests",store="postgres""#;
        app.eventually("searches hold every connection", || async {
            app.metric(busy).await >= f64::from(app.config.postgres.max_connections)
        })
        .await;
        let known = app.with_token(&token).get(NOWHERE).await;
        let login = json!({"mode": "EMAIL", "id": "nobody@example.com", "secret": "wrong"});
        let login = app.anonymous().post("/identity-service/api/auth/login", &login).await;
        lock.rollback().await.expect("unlocked");
        (known, login)
    };
    let (_, (known, login)) = futures_util::join!(searches, signing_in);
    assert_eq!(known.code, 404, "the session was looked up: {}", known.text);
    assert_eq!(login.code, 200, "{}", login.text);
    assert_eq!(login.json()["status"]["message"], "invalid credentials", "{}", login.text);
}

#[actix_web::test]
async fn each_purpose_has_connections_of_its_own() {
    use coffee::core::db::Purpose;
    use coffee::core::stores::Stores;
    use std::time::{Duration, Instant};

    let app = TestApp::start().await;
    let mut config = app.config.clone();
    config.postgres.max_connections = 1;
    config.postgres.gateway_connections = 1;
    config.postgres.background_connections = 1;
    let stores = Stores::open(config).await.expect("stores open");
    let mut held = Vec::new();
    for purpose in [Purpose::Gateway, Purpose::Requests, Purpose::Background] {
        let deadline = Instant::now() + Duration::from_secs(10);
        let stores = stores.of(purpose);
        held.push(stores.primary().acquire(deadline).await.expect("a connection"));
        assert_eq!(stores.primary().load(), (1, 0));
        let soon = Instant::now() + Duration::from_millis(50);
        assert!(stores.primary().acquire(soon).await.is_err(), "there is no second one");
    }
}

#[actix_web::test]
async fn a_session_is_looked_up_while_others_hold_every_connection_to_redis() {
    use coffee::core::db::Purpose;
    use coffee::core::stores::Stores;
    use deadpool_redis::redis::{Value, cmd};

    let app = TestApp::start().await;
    let mut config = app.config.clone();
    config.redis.pool_size = 1;
    config.redis.timeout_ms = 10_000;
    let stores = Stores::open(config).await.expect("stores open");
    let purposes = [Purpose::Requests, Purpose::Background].map(|purpose| stores.of(purpose));
    let hanging = join_all(purposes.iter().map(async |stores| {
        let redis = stores.redis().expect("configured");
        let mut hang = cmd("BLPOP");
        hang.arg(redis.key("list")).arg(0);
        redis.run::<Value>(&hang).await
    }));
    let looking = async {
        let all_busy =
            || async { purposes.iter().all(|s| s.redis().map(|r| r.load().0) == Some(1)) };
        app.eventually("the others wait for a list", all_busy).await;
        let gateway = stores.of(Purpose::Gateway);
        let redis = gateway.redis().expect("configured");
        let mut exists = cmd("EXISTS");
        let found = redis.run::<i64>(exists.arg(redis.key("session:nobody"))).await;
        app.redis::<i64>("RPUSH", "list", &["a", "b"]).await;
        found
    };
    let (others, found) = futures_util::join!(hanging, looking);
    assert_eq!(found.expect("a connection of its own"), 0);
    assert!(others.iter().all(Result::is_ok), "{others:?}");
}

#[actix_web::test]
async fn a_direct_url_that_does_not_answer_is_told_at_the_start() {
    use coffee::core::stores::Stores;

    let app = TestApp::start().await;
    let mut config = app.config.clone();
    config.postgres.direct_url = Secret::new("postgres://coffee:coffee@127.0.0.1:1/coffee");
    config.postgres.connect_timeout_ms = 200;
    let refused = Stores::open(config).await.err().expect("no start").to_string();
    assert!(refused.contains("COFFEE__POSTGRES__DIRECT_URL"), "{refused}");
    assert!(refused.contains("refused"), "{refused}");
}

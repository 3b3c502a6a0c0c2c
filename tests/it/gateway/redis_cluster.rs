//! Sessions in a Redis cluster, also while one of its nodes is away.

use coffee::core::invalidation::{CHANNEL, Invalidation};
use coffee::core::stores::Stores;
use coffee::core::token::TokenKey;
use coffee::core::types::Plan;
use coffee::modules::identity::session_key;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Client, RedisCluster, TestApp, session_of};

const ROUTE: &str = "/collection-group-service/api/group/1";
const HITS: &str = r#"gateway_cache_requests_total{cache="session",layer="redis",result="hit""#;

/// An application on the cluster that asks Redis for every request.
async fn start(cluster: &RedisCluster, ttl: u32) -> TestApp {
    let prefix = format!("{}:", Uuid::new_v4().simple());
    let redis = cluster.config(&prefix);
    let config = format!("[clickhouse]\nurl = \"\"\n{redis}[cache]\nsession_ttl_secs = {ttl}\n");
    TestApp::start_with(&config).await
}

/// A caller of a partner whose session only Redis knows, and the index of the node that holds it.
async fn in_redis_only(app: &TestApp, cluster: &RedisCluster, partner: i64) -> (Client, usize) {
    let sid = Uuid::new_v4().to_string();
    let key = key_of(app, &sid);
    cluster.set(&key).await;
    let claims = json!({"sid": sid, "uid": 1014, "userAccountId": 55, "partnerId": partner});
    let signing = TokenKey::new(&app.config.hmac_key().expect("a key"));
    let client = app.with_token(signing.sign(&claims).expect("signs"));
    (client, cluster.holder(&key).await)
}

fn key_of(app: &TestApp, sid: &str) -> String {
    format!("{}{}", app.config.redis.key_prefix, session_key(sid))
}

async fn code(client: &Client) -> u16 {
    client.get(ROUTE).await.code.as_u16()
}

#[actix_web::test]
async fn sessions_on_every_node_are_found_and_ended() {
    let cluster = RedisCluster::borrow().await;
    let app = start(&cluster, 60).await;
    let mut holders = [0; 3];
    for _ in 0..24 {
        let (client, holder) = in_redis_only(&app, &cluster, 10).await;
        assert_eq!(code(&client).await, 200);
        holders[holder] += 1;
    }
    assert!(holders.iter().all(|sessions| *sessions > 0), "{holders:?}");
    assert_eq!(app.metric(HITS).await, 24.0);
    app.until_listening(true).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    for _ in 0..6 {
        let token = app.token(10, Plan::Saas).await;
        let (client, sid) = (app.with_token(token.clone()), session_of(&token));
        assert_eq!((code(&client).await, code(&client).await), (200, 200));
        assert!(cluster.exists(&key_of(&app, &sid)).await, "written back");
        let end = "UPDATE identity_session SET ended_at = now() WHERE sid = $1";
        sea_orm::sqlx::query(end).bind(&sid).execute(&app.owner).await.expect("ended");
        stores.announce(&Invalidation::Session(sid)).await.expect("announced");
        let is_refused = || async { code(&client).await == 401 };
        app.eventually("the session is refused", is_refused).await;
    }
}

#[actix_web::test]
async fn tenants_are_limited_on_every_node() {
    let cluster = RedisCluster::borrow().await;
    let redis = cluster.config(&format!("{}:", Uuid::new_v4().simple()));
    let app = TestApp::start_with(&format!(
        "[clickhouse]\nurl = \"\"\n{redis}timeout_ms = 5000\n[limits.free]\ntenant_per_day = 2\n"
    ))
    .await;
    let mut holders = [0; 3];
    for partner in 1..=12 {
        let (client, _) = in_redis_only(&app, &cluster, partner).await;
        let codes = [code(&client).await, code(&client).await, code(&client).await];
        assert_eq!(codes, [200, 200, 429], "{partner}");
        let bucket = format!("{}limit:{{p{partner}}}:tenant_day", app.config.redis.key_prefix);
        assert!(cluster.exists(&bucket).await, "{bucket}");
        holders[cluster.holder(&bucket).await] += 1;
    }
    assert!(holders.iter().all(|tenants| *tenants > 0), "{holders:?}");
    let calls = async |result: &str| {
        app.metric(&format!("coffee_limiter_redis_calls_total{{result=\"{result}\"")).await
    };
    let calls = [calls("granted").await, calls("refused").await, calls("error").await];
    assert_eq!(calls, [24.0, 12.0, 0.0]);
}

#[actix_web::test]
async fn a_node_that_dies_takes_nobody_along_and_comes_back() {
    let mut cluster = RedisCluster::borrow().await;
    let app = start(&cluster, 0).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    // The node that a key with the name of the announcements' channel would be on.
    let gone = cluster.holder(&format!("{}{CHANNEL}", app.config.redis.key_prefix)).await;
    let mut survivors = Vec::new();
    while survivors.len() < 8 {
        let (client, holder) = in_redis_only(&app, &cluster, 10).await;
        assert_eq!(code(&client).await, 200);
        if holder != gone {
            survivors.push(client);
        }
    }
    let mut orphans = Vec::new();
    while orphans.len() < 4 {
        let token = app.token(10, Plan::Saas).await;
        let key = key_of(&app, &session_of(&token));
        if cluster.holder(&key).await == gone {
            orphans.push((app.with_token(token), key));
        }
    }
    cluster.nodes[gone].kill();
    stores.announce(&Invalidation::Session("s".into())).await.expect("announced by the others");
    for _ in 0..3 {
        for client in &survivors {
            assert_eq!(code(client).await, 200, "a session on a node that lives");
        }
        for (client, _) in &orphans {
            assert_eq!(code(client).await, 200, "PostgreSQL knows the session");
        }
    }
    let ready = reqwest::get(format!("{}/readyz", app.operations)).await.expect("an answer");
    assert_eq!(ready.status(), 200);
    cluster.nodes[gone].restart().await;
    cluster.until_whole().await;
    for (client, key) in &orphans {
        app.eventually("the session is written back to the node", || async {
            assert_eq!(code(client).await, 200);
            cluster.exists(key).await
        })
        .await;
        let before = app.metric(HITS).await;
        assert_eq!(code(client).await, 200);
        assert_eq!(app.metric(HITS).await, before + 1.0);
    }
}

//! A session that has ended is refused everywhere, at once.

use std::time::{Duration, Instant};

use coffee::core::invalidation::{CHANNEL, Invalidation};
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::gateway::{Login, LoginCache, Refusal};
use coffee::modules::identity::{Identity, session_key};
use deadpool_redis::redis;
use sea_orm::sqlx;

use crate::support::{Client, RedisServer, ServerProcess, TestApp, session_of};

const ROUTE: &str = "/collection-group-service/api/group/1";
/// What a loaded machine may take; an idle one needs about a millisecond.
const DEADLINE: Duration = Duration::from_secs(2);

async fn accepted(client: &Client) -> bool {
    let code = client.get(ROUTE).await.code;
    assert!(code == 200 || code == 401, "{code}");
    code == 200
}

/// Asks until the session is refused; the time that took.
async fn refused_after(client: &Client, since: Instant) -> Duration {
    while accepted(client).await {
        assert!(since.elapsed() < DEADLINE, "still accepted");
    }
    since.elapsed()
}

/// Ends a session the way a logout does: in PostgreSQL, in Redis, then by announcing it.
async fn end(stores: &Stores, app: &TestApp, sid: &str) {
    let sql = "UPDATE identity_session SET ended_at = now() WHERE sid = $1";
    sqlx::query(sql).bind(sid).execute(&app.owner).await.expect("ended");
    if let Some(redis) = stores.redis() {
        let mut delete = redis::cmd("DEL");
        delete.arg(redis.key(&session_key(sid)));
        redis.run::<i64>(&delete).await.expect("deleted");
    }
    stores.announce(&Invalidation::Session(sid.to_owned())).await.expect("announced");
}

fn with_redis(server: &RedisServer, more: &str) -> String {
    format!("[clickhouse]\nurl = \"\"\n[redis]\naddresses = [\"{}\"]\n{more}", server.address())
}

#[actix_web::test]
async fn a_session_that_ends_in_one_process_is_refused_by_another() {
    let app = TestApp::start().await;
    let (one, two) = (ServerProcess::start(&app.config), ServerProcess::start(&app.config));
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    let mut took = Vec::new();
    for _ in 0..5 {
        let token = app.token(10, Plan::Saas).await;
        let (one, two) = (one.with_token(token.clone()), two.with_token(token.clone()));
        let third = app.with_token(token.clone());
        for client in [&one, &two, &third, &one, &two, &third] {
            assert!(accepted(client).await);
        }
        let since = Instant::now();
        end(&stores, &app, &session_of(&token)).await;
        for client in [&one, &two, &third] {
            took.push(refused_after(client, since).await);
        }
    }
    took.sort_unstable();
    println!("refused by three processes, the end itself included: {took:?}");
    // The slowest ones depend on what else the machine does.
    assert!(took[took.len() / 2] <= Duration::from_millis(100), "{took:?}");
}

#[actix_web::test]
async fn a_key_that_others_delete_ends_the_session_when_keyspace_events_are_on() {
    let server = RedisServer::start_with(&["--notify-keyspace-events", "Kgxe"]).await;
    let config = with_redis(&server, "keyspace_notifications = true\nkey_prefix = \"a[b]*:\"");
    let app = TestApp::start_with(&config).await;
    app.until_listening(true).await;
    let token = app.token(10, Plan::Saas).await;
    let client = app.with_token(token.clone());
    for (command, argument) in [("DEL", None), ("PEXPIRE", Some(1))] {
        assert!(accepted(&client).await);
        let before = app.metric(L1_MISSES).await;
        let key = format!("a[b]*:{}", session_key(&session_of(&token)));
        let mut ending = redis::cmd(command);
        ending.arg(key).arg(argument);
        assert_eq!(server.ask::<i64>(&ending).await.expect("done"), 1, "the key was there");
        app.eventually("the session is looked up again", || async {
            accepted(&client).await && app.metric(L1_MISSES).await > before
        })
        .await;
    }
}

const L1_MISSES: &str = r#"gateway_cache_requests_total{cache="session",layer="l1",result="miss""#;

#[actix_web::test]
async fn while_announcements_do_not_arrive_sessions_are_kept_for_a_shorter_time() {
    let mut server = RedisServer::start().await;
    let app = TestApp::start_with(&with_redis(&server, "")).await;
    app.until_listening(true).await;
    let token = app.token(10, Plan::Saas).await;
    let client = app.with_token(token.clone());
    assert!(accepted(&client).await);
    server.kill();
    app.until_listening(false).await;
    let sql = "UPDATE identity_session SET ended_at = now()";
    sqlx::query(sql).execute(&app.owner).await.expect("ended");
    assert!(accepted(&client).await, "nobody could tell");
    let since = Instant::now();
    while accepted(&client).await {
        assert!(since.elapsed() < Duration::from_secs(7), "the shorter time is five seconds");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Back again, everything that was kept meanwhile is asked for once more.
    let sql = "UPDATE identity_session SET ended_at = NULL";
    sqlx::query(sql).execute(&app.owner).await.expect("alive");
    assert!(accepted(&client).await);
    let before = app.metric(L1_MISSES).await;
    assert!(accepted(&client).await);
    assert_eq!(app.metric(L1_MISSES).await, before);
    server.restart().await;
    app.until_listening(true).await;
    assert!(accepted(&client).await);
    assert_eq!(app.metric(L1_MISSES).await, before + 1.0);
}

#[actix_web::test]
async fn without_redis_the_process_hears_itself() {
    let app = TestApp::start_with("[clickhouse]\nurl = \"\"\n[redis]\naddresses = []").await;
    app.until_listening(true).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    let cache = LoginCache::new(stores.clone()).expect("memory");
    let check = || std::future::ready(Ok(login(&stores, "s")));
    cache.check("token", check).await.expect("accepted");
    assert!(cache.get("token", 0).is_some());
    assert!(cache.get("token", 59_999).is_some() && cache.get("token", 60_000).is_none());
    assert!(cache.get("token", -1).is_none(), "the clock was set back");
    stores.announce(&Invalidation::Session("s".into())).await.expect("announced");
    assert!(cache.get("token", 0).is_none());
}

#[actix_web::test]
async fn a_session_that_ends_during_its_look_up_is_asked_for_again() {
    let app = TestApp::start().await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    stores.invalidations.set_listening(true);
    let cache = LoginCache::new(stores.clone()).expect("memory");
    let asked = std::cell::Cell::new(0);
    let check = || {
        asked.set(asked.get() + 1);
        let (first, stores) = (asked.get() == 1, stores.clone());
        async move {
            let found = login(&stores, "s");
            if !first {
                return Err(Refusal::Unauthorized);
            }
            stores.invalidations.apply(&Invalidation::Session("s".into()));
            Ok(found)
        }
    };
    let outcome = cache.check("token", check).await;
    assert_eq!(outcome.err(), Some(Refusal::Unauthorized));
    assert!(cache.get("token", 0).is_none());
}

#[actix_web::test]
async fn a_key_written_back_too_late_is_deleted_again() {
    let app = TestApp::start().await;
    app.until_listening(true).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    let redis = stores.redis().expect("configured");
    let key = redis.key(&session_key("s"));
    // As a look-up writes it that read PostgreSQL before the end.
    redis.run::<()>(redis::cmd("SET").arg(&key).arg(1)).await.expect("stored");
    stores.announce(&Invalidation::Session("s".into())).await.expect("announced");
    app.eventually("the key is gone", || async {
        redis.run::<i64>(redis::cmd("EXISTS").arg(&key)).await.expect("an answer") == 0
    })
    .await;
}

#[actix_web::test]
async fn a_key_written_back_too_late_and_found_by_another_is_not_believed() {
    let server = RedisServer::start().await;
    // The limiter writes: while it waits in vain, Redis counts as away, and sessions are read elsewhere.
    let config = with_redis(&server, "timeout_ms = 20000\n[limits]\nenabled = false");
    let app = TestApp::start_with(&config).await;
    app.until_listening(true).await;
    let token = app.token(10, Plan::Saas).await;
    let (client, sid) = (app.with_token(token.clone()), session_of(&token));
    assert!(accepted(&client).await, "and its key is in Redis");
    let sql = "UPDATE identity_session SET ended_at = now()";
    sqlx::query(sql).execute(&app.owner).await.expect("ended");
    let before = app.metric(L1_MISSES).await;
    // From the announcement on nothing is deleted, but everything is read.
    let (channel, text) = (CHANNEL, Invalidation::Session(sid).text());
    let mut both = redis::pipe();
    both.atomic().cmd("PUBLISH").arg(channel).arg(text);
    both.cmd("CLIENT").arg("PAUSE").arg(20_000).arg("WRITE");
    let address = redis::Client::open(format!("redis://{}", server.address())).expect("an address");
    let mut admin = address.get_multiplexed_async_connection().await.expect("connects");
    both.exec_async(&mut admin).await.expect("announced");
    app.eventually("the key is found again", || async {
        assert!(accepted(&client).await);
        app.metric(L1_MISSES).await > before
    })
    .await;
    server.ask::<()>(redis::cmd("CLIENT").arg("UNPAUSE")).await.expect("goes on");
    app.eventually("the session is refused", || async { !accepted(&client).await }).await;
}

#[actix_web::test]
async fn a_change_of_contracts_is_seen_at_once() {
    let app = TestApp::start().await;
    app.until_listening(true).await;
    let client = app.partner(10, Plan::Saas).await;
    assert!(accepted(&client).await && accepted(&client).await);
    let misses = r#"gateway_cache_requests_total{cache="contracts",layer="l1",result="miss""#;
    let before = app.metric(misses).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores");
    stores.announce(&Invalidation::Partner(10)).await.expect("announced");
    app.eventually("the contracts are read again", || async {
        accepted(&client).await && app.metric(misses).await > before
    })
    .await;
}

/// A login that is looked up now.
fn login(stores: &Stores, sid: &str) -> Login {
    let stamp = stores.invalidations.session(sid);
    Login { identity: Identity::default(), client: None, exp: i64::MAX, checked_at: 0, stamp }
}

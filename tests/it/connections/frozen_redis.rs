//! A Redis that is frozen costs one time-out, not one per request.

use std::time::{Duration, Instant};

use super::{NOWHERE, new_session};
use crate::support::{RedisServer, TestApp};

/// Of one command; what every request would wait for.
const TIMEOUT: Duration = Duration::from_millis(1000);
const ASKED: &str = r#"gateway_cache_requests_total{cache="session",layer="redis",result="miss""#;

#[actix_web::test]
async fn signed_in_requests_do_not_wait_for_a_frozen_redis() {
    let redis = RedisServer::start().await;
    let app = TestApp::start_with(&format!(
        "[clickhouse]\nurl = \"\"\n\
         [redis]\naddresses = [\"{}\"]\ntimeout_ms = {}\n\
         [cache]\nsession_ttl_secs = 0\nsession_backfill_ttl_secs = 0\n",
        redis.address(),
        TIMEOUT.as_millis()
    ))
    .await;
    let token = new_session(&app, "frozen").await;
    let client = app.with_token(&token);
    assert_eq!(client.get(NOWHERE).await.code, 404);
    assert!(app.metric(ASKED).await >= 1.0, "Redis is asked for every request");

    redis.signal("STOP");
    assert_eq!(client.get(NOWHERE).await.code, 404, "one waits");
    let (mut took, started) = (Vec::new(), Instant::now());
    // Beyond several looks whether it answers again.
    while took.len() < 200 || started.elapsed() < 4 * TIMEOUT {
        let sent = Instant::now();
        assert_eq!(client.get(NOWHERE).await.code, 404);
        took.push(sent.elapsed());
    }
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    assert!(p99 < TIMEOUT / 2, "p99 {p99:?} of {}", took.len());
    let slow = took.iter().filter(|took| **took >= TIMEOUT).count();
    assert_eq!(slow, 0, "nobody waits for the look");

    redis.signal("CONT");
    let before = app.metric(ASKED).await;
    app.eventually("Redis is asked again", || async {
        client.get(NOWHERE).await.code == 404 && app.metric(ASKED).await > before
    })
    .await;
}

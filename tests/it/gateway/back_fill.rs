//! Sessions that Redis does not know: what is written there after somebody else was asked, and what the
//! process keeps.

use std::sync::mpsc;

use actix_web::HttpResponse;
use serde_json::json;

use super::authentication::L1_HITS;
use super::external_services::{create_group, start, token, token_for};
use crate::support::{HttpFake, TestApp, identity_fake, partner_fake};

const KEY: &str = "session:s";

async fn life(app: &TestApp) -> i64 {
    app.redis("TTL", KEY, &[]).await
}

#[actix_web::test]
async fn a_key_lives_no_longer_than_its_token() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    for (seconds, longest) in [(20, 20), (600, 60)] {
        let client = app.with_token(token_for(&app, "s", seconds));
        create_group(&client, "a").await.success();
        let life = life(&app).await;
        assert!((longest - 10..=longest).contains(&life), "{seconds}: {life}");
        assert_eq!(app.redis::<i64>("DEL", KEY, &[]).await, 1);
    }
    assert_eq!(identity.calls(), 2);
}

#[actix_web::test]
async fn the_configuration_can_shorten_its_life_or_forbid_the_key() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    for (seconds, lives) in [(15, 5..=15), (0, -2..=-2)] {
        let cache = format!("[cache]\nsession_backfill_ttl_secs = {seconds}\n");
        let app = start(&identity, &partner, &cache).await;
        create_group(&app.with_token(token(&app, "s")), "a").await.success();
        let life = life(&app).await;
        assert!(lives.contains(&life), "{seconds}: {life}");
    }
    assert_eq!(identity.calls(), 2);
}

#[actix_web::test]
async fn a_key_that_came_meanwhile_keeps_its_longer_life() {
    let (release, released) = mpsc::channel::<()>();
    let identity = HttpFake::start(move |_| {
        // An error means that the test is over.
        let _ = released.recv();
        HttpResponse::Ok().json(identity_fake::asha())
    })
    .await;
    let partner = partner_fake::start().await;
    let app = TestApp::start_with(&format!(
        "[clickhouse]\nurl = \"\"\n[identity]\nurl = \"{}\"\ntimeout_ms = 10000\n\
         [partner]\nurl = \"{}\"\n",
        identity.url, partner.url
    ))
    .await;
    app.until_listening(true).await;
    let client = app.with_token(token(&app, "s"));
    let asking = actix_web::rt::spawn(async move { create_group(&client, "a").await });
    app.eventually("identity is asked", || async { !identity.seen().is_empty() }).await;
    app.redis::<()>("SET", KEY, &["1", "EX", "600"]).await;
    release.send(()).expect("the service waits");
    asking.await.expect("answered").success();
    let life = life(&app).await;
    assert!(life > 60, "{life}");
}

#[actix_web::test]
async fn tokens_of_one_session_each_keep_their_own_partner() {
    let app = TestApp::start().await;
    app.until_listening(true).await;
    let claims =
        |partner: i64| json!({"sid": "s", "uid": 42, "userAccountId": 77, "partnerId": partner});
    let (ten, twenty) = (app.caller(&claims(10)).await, app.caller(&claims(20)).await);
    for hits in [0.0, 2.0] {
        for (client, partner) in [(&ten, 10_i64), (&twenty, 20)] {
            let answer = create_group(client, &format!("of {partner}")).await.success();
            assert_eq!(answer["groups"][0]["partnerId"], partner);
        }
        assert_eq!(app.metric(L1_HITS).await, hits);
    }
}

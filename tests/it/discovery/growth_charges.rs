//! Who sees the growth of an account, and what it costs.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::json;

use super::{BASE, PLATFORMS};
use crate::support::{Answer, Client, TestApp};

/// An account with one week of growth.
async fn seed(app: &TestApp, platform: &str) -> i64 {
    let account = app.seed_on(platform, &json!({"country_rank": 1})).await;
    let row = json!({
        "platform": platform, "platform_profile_id": account, "platform_id": "x",
        "monthly_stats": false, "date": "2024-07-07", "followers": 900,
    });
    app.seed_clickhouse("social_profile_time_series", &[row]).await;
    account
}

async fn ask(client: &Client, platform: &str, account: i64) -> Answer {
    client.list(&format!("{BASE}/{platform}/{account}/timeseries"), &[]).await
}

#[actix_web::test]
async fn the_first_call_charges_once_and_unlocks_the_profile_for_the_partner() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 3, 10).await;
    let mut consumed = 3;
    for platform in PLATFORMS {
        let account = seed(&app, platform).await;
        let locked = async |client: &Client| {
            let page = client.get(&format!("{BASE}/{platform}/{account}")).await.success();
            let profile = &page["profiles"][0];
            (profile["locked"] == true, profile["metrics"].get("countryRank").is_none())
        };
        assert_eq!(locked(&client).await, (true, true));
        ask(&client, platform, account).await.success();
        consumed += 1;
        assert_eq!(app.consumed(10, "PROFILE_PAGE").await, consumed);
        ask(&client, platform, account).await.success();
        assert_eq!(app.consumed(10, "PROFILE_PAGE").await, consumed, "{platform}");
        let key = format!("profile-{platform}-{account}");
        let tracked = format!("partner_profile_page_track WHERE partner_id = 10 AND key = '{key}'");
        assert_eq!(app.count(&tracked).await, 1);
        assert_eq!(locked(&client).await, (false, false));
        let other = app.partner(20, Plan::Saas).await;
        assert_eq!(locked(&other).await, (true, true), "of another partner");
    }
    assert_eq!(app.count("activity_tracker").await, 0);
    let events = app.events().await;
    assert_eq!(events.len(), 2);
    let (id, at) = (&events[0]["eventId"], &events[0]["eventTimestamp"]);
    let expected = json!({
        "moduleName": "PROFILE_PAGE", "activityName": "PROFILE_PAGE_TIMESERIES",
        "incrementCount": 1, "partnerId": 10, "accountId": 101, "activityId": null,
        "activityMeta": "", "eventId": id, "eventTimestamp": at,
    });
    assert_eq!(events[0], expected);
}

#[actix_web::test]
async fn the_free_plan_sees_no_growth_and_the_platform_is_not_charged() {
    let app = TestApp::start_with_clickhouse().await;
    let account = seed(&app, "INSTAGRAM").await;
    let free = [app.partner(10, Plan::Free).await, app.without_partner().await];
    for client in &free {
        for id in [account, 999_999] {
            let answer = ask(client, "INSTAGRAM", id).await;
            answer.refused("500", "invalid Request");
            assert_eq!(answer.json()["growth"], json!([]));
        }
    }
    let admin = app.partner(-1, Plan::Paid).await;
    ask(&admin, "INSTAGRAM", account).await.success();
    let consumed = app.value("SELECT coalesce(sum(consumed), 0) FROM partner_usage").await;
    assert_eq!(consumed.as_deref(), Some("0"));
    assert_eq!(app.count("partner_profile_page_track").await, 0);
    assert_eq!(app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn a_call_that_fails_charges_and_unlocks_nothing() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Paid).await;
    let account = seed(&app, "YOUTUBE").await;
    let without = app.seed_youtube(&json!({})).await;
    for id in [without, account + 999] {
        let answer = ask(&client, "YOUTUBE", id).await;
        answer.refused("500", "record not found");
        assert_eq!(answer.json().get("growth"), None);
    }
    ask(&client, "INSTAGRAM", account).await.refused("500", "record not found");
    let path = format!("{BASE}/YOUTUBE/{account}/timeseries");
    client.list(&path, &[("EQ", "likes", "1")]).await.refused("500", "invalid Request");
    client.list(&format!("{path}?cursor=2"), &[]).await.refused("500", "record not found");
    app.clickhouse("RENAME TABLE social_profile_time_series TO away", String::new()).await;
    let answer = ask(&client, "YOUTUBE", account).await;
    answer.refused("500", "Something Went Wrong");
    assert_eq!(answer.json()["growth"], json!([]));
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 0);
    assert_eq!(app.count("partner_profile_page_track").await, 0);
    assert_eq!(app.count("event_outbox").await, 0);
    app.clickhouse("RENAME TABLE away TO social_profile_time_series", String::new()).await;
    app.set_usage(10, "PROFILE_PAGE", 10, 10).await;
    let answer = ask(&client, "YOUTUBE", account).await;
    answer.refused("500", "invalid request");
    assert_eq!(answer.json()["growth"], json!([]));
    app.execute("DELETE FROM partner_usage WHERE namespace = 'PROFILE_PAGE'").await;
    ask(&client, "YOUTUBE", account).await.refused("500", "invalid request");
    assert_eq!(app.count("partner_profile_page_track").await, 0);
    assert_eq!(app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn an_unlocked_profile_needs_no_remaining_limit() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = seed(&app, "INSTAGRAM").await;
    ask(&client, "INSTAGRAM", account).await.success();
    app.set_usage(10, "PROFILE_PAGE", 10, 10).await;
    ask(&client, "INSTAGRAM", account).await.success();
    app.execute("DELETE FROM partner_usage WHERE namespace = 'PROFILE_PAGE'").await;
    ask(&client, "INSTAGRAM", account).await.success();
    assert_eq!(app.count("event_outbox").await, 1);
}

#[actix_web::test]
async fn parallel_first_calls_charge_once() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = seed(&app, "INSTAGRAM").await;
    let calls = (0..12).map(|_| ask(&client, "INSTAGRAM", account));
    join_all(calls).await.iter().for_each(|answer| drop(answer.success()));
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 1);
    assert_eq!(app.count("partner_profile_page_track").await, 1);
    assert_eq!(app.count("event_outbox").await, 1);
}

#[actix_web::test]
async fn parallel_calls_for_several_profiles_never_pass_the_limit() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 8, 10).await;
    let mut accounts = Vec::new();
    for _ in 0..5 {
        accounts.push(seed(&app, "YOUTUBE").await);
    }
    let twice = accounts.iter().chain(&accounts);
    let answers = join_all(twice.map(|account| ask(&client, "YOUTUBE", *account))).await;
    let (served, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status().0 == "SUCCESS");
    assert!(!served.is_empty());
    refused.iter().for_each(|answer| answer.refused("500", "invalid request"));
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 10);
    assert_eq!(app.count("partner_profile_page_track").await, 2);
    assert_eq!(app.count("event_outbox").await, 2);
}

#[actix_web::test]
async fn without_clickhouse_growth_fails_and_everything_else_works() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = app.seed_instagram(&json!({})).await;
    let answer = ask(&client, "INSTAGRAM", account).await;
    answer.refused("500", "Something Went Wrong");
    assert_eq!(answer.json()["growth"], json!([]));
    client.get(&format!("{BASE}/INSTAGRAM/{account}")).await.success();
    client.list(&super::search("ALL"), &[]).await.success();
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 0);
    assert_eq!(app.count("partner_profile_page_track").await, 0);
}

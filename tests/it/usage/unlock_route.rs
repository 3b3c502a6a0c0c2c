//! Unlocking a profile over HTTP.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Client, TestApp, send};

async fn unlock(client: &Client, code: &str, platform: &str) -> Answer {
    let path = format!("/partner-usage-service/api/partner/profile/{code}/{platform}/unlock");
    client.post(&path, &json!(null)).await
}

async fn unlocked(client: &Client, code: &str, platform: &str) {
    let done = json!({"status": "SUCCESS", "message": "Profile Unlocked Successfully"});
    assert_eq!(unlock(client, code, platform).await.json(), done, "{code} {platform}");
}

async fn refused(client: &Client, code: &str, platform: &str, message: &str) {
    let refusal = json!({"status": "ERROR", "message": message});
    assert_eq!(unlock(client, code, platform).await.contract(), refusal, "{code} {platform}");
}

async fn tracked(app: &TestApp) -> Option<String> {
    let sql = "SELECT string_agg(partner_id || ' ' || key, ',' ORDER BY id) \
               FROM partner_profile_page_track";
    app.value(sql).await
}

#[actix_web::test]
async fn a_profile_is_charged_once_and_told_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 3, 10).await;
    app.seed_instagram(&json!({"id": 42})).await;
    app.seed_instagram(&json!({"id": 43})).await;
    unlocked(&client, "IA_42", "INSTAGRAM").await;
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 4);
    assert_eq!(tracked(&app).await.as_deref(), Some("10 profile-INSTAGRAM-42"));
    let events = app.events().await;
    assert_eq!(events.len(), 1);
    let members = events[0].as_object().expect("an object");
    assert_eq!(members.len(), 9, "{members:?}");
    for (member, value) in [
        ("moduleName", json!("PROFILE_PAGE")),
        ("activityName", json!("PROFILE_PAGE")),
        ("incrementCount", json!(1)),
        ("partnerId", json!(10)),
        ("accountId", json!(101)),
        ("activityId", json!(null)),
        ("activityMeta", json!(r#"{"platform":"INSTAGRAM","platformProfileId":42}"#)),
    ] {
        assert_eq!(members[member], value, "{member}");
    }
    let at = members["eventTimestamp"].as_str().expect("a time");
    let india = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Kolkata).naive_local();
    let at = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M:%S").expect("a time");
    assert!((india - at).num_seconds().abs() < 60, "{at}");
    let topic = app.value("SELECT topic FROM event_outbox").await;
    assert_eq!(topic.as_deref(), Some("coffee.dx___activity_tracker_rk"));

    unlocked(&client, "IA_42", "instagram").await;
    app.set_usage(10, "PROFILE_PAGE", 10, 10).await;
    unlocked(&client, "IA_42", "Instagram").await;
    refused(&client, "IA_43", "INSTAGRAM", "limit consumed").await;
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 10);
    assert_eq!(tracked(&app).await.as_deref(), Some("10 profile-INSTAGRAM-42"));
    assert_eq!(app.count("event_outbox").await, 1);
    assert_eq!(app.count("activity_tracker").await, 0);
}

#[actix_web::test]
async fn linked_accounts_are_unlocked_by_the_code_of_either() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.seed_instagram(&json!({"id": 5, "handle": "asha", "linked_channel_id": "UC9"})).await;
    let linked = json!({"id": 9, "channel_id": "UC9", "linked_instagram_handle": "asha"});
    app.seed_youtube(&linked).await;
    app.seed_youtube(&json!({"id": 8, "profile_id": "SHARED"})).await;
    app.seed_instagram(&json!({"id": 6, "profile_id": "SHARED"})).await;
    let gone = json!({"id": 7, "deleted": true});
    app.seed_instagram(&gone).await;
    unlocked(&client, "IA_5", "YOUTUBE").await;
    unlocked(&client, "YA_9", "YOUTUBE").await;
    unlocked(&client, "YA_9", "INSTAGRAM").await;
    let keys = "10 profile-YOUTUBE-9,10 profile-INSTAGRAM-5";
    assert_eq!(tracked(&app).await.as_deref(), Some(keys));
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 2);
    // Instagram is searched first, and its account has no link.
    for (code, platform) in [
        ("SHARED", "YOUTUBE"),
        ("IA_6", "INSTAGRAM"),
        ("IA_7", "INSTAGRAM"),
        ("IA_999", "INSTAGRAM"),
        ("YA_8", "YOUTUBE"),
        ("IA_5", "GCC"),
        ("IA_5", "TIKTOK"),
    ] {
        refused(&client, code, platform, "profile not found").await;
    }
    unlocked(&client, "SHARED", "INSTAGRAM").await;
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 3);
}

#[actix_web::test]
async fn who_has_no_counter_unlocks_nothing() {
    let app = TestApp::start().await;
    app.seed_instagram(&json!({"id": 42})).await;
    let free = app.partner(10, Plan::Free).await;
    refused(&free, "IA_42", "INSTAGRAM", "partner contract not found").await;
    let expired = app.partner(20, Plan::Saas).await;
    app.execute("UPDATE partner_usage SET end_date = now() - interval '1 day'").await;
    refused(&expired, "IA_42", "INSTAGRAM", "partner contract not found").await;
    let alone = app.without_partner().await;
    let message = "you are not authorized to access this resource";
    let refusal = json!({"status": {"status": "ERROR", "message": message}});
    assert_eq!(unlock(&alone, "IA_42", "INSTAGRAM").await.contract(), refusal);
    assert_eq!(app.count("partner_profile_page_track").await, 0);
    assert_eq!(app.count("event_outbox").await, 0);
    let admin = app.partner(-1, Plan::Saas).await;
    unlocked(&admin, "IA_42", "INSTAGRAM").await;
    assert_eq!(app.count("event_outbox").await, 1);
    let consumed = app.value("SELECT sum(consumed) FROM partner_usage").await;
    assert_eq!(consumed.as_deref(), Some("0"));
}

#[actix_web::test]
async fn a_hundred_parallel_unlocks_never_pass_the_limit() {
    let room = "[clickhouse]\nurl = \"\"\n[server]\nqueue = 400\n";
    let app = TestApp::start_with(room).await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 0, 40).await;
    for id in 1..=50 {
        app.seed_instagram(&json!({"id": id})).await;
    }
    // Every profile twice.
    let calls = (0..100).map(|call| {
        let client = client.clone();
        async move { unlock(&client, &format!("IA_{}", call % 50 + 1), "INSTAGRAM").await.json() }
    });
    let answers = join_all(calls).await;
    let of = |status: &str| answers.iter().filter(|answer| answer["status"] == status).count();
    assert_eq!((of("SUCCESS"), of("ERROR")), (80, 20), "40 of 50 profiles, each asked for twice");
    assert!(
        answers.iter().all(|answer| {
            answer["status"] == "SUCCESS" || answer["message"] == "limit consumed"
        })
    );
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 40);
    assert_eq!(app.count("partner_profile_page_track").await, 40);
    assert_eq!(app.count("event_outbox").await, 40);
}

#[actix_web::test]
async fn a_repeated_request_has_the_first_answer() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.seed_instagram(&json!({"id": 42})).await;
    let path = "/partner-usage-service/api/partner/profile/IA_42/INSTAGRAM/unlock";
    let request = || {
        let request = client.request(Method::POST, path).header("idempotency-key", "once");
        send(request.json(&json!(null)))
    };
    let answers = join_all((0..10).map(|_| request())).await;
    assert!(answers.iter().all(|answer| answer.text == answers[0].text), "{answers:?}");
    assert_eq!(answers[0].json()["status"], "SUCCESS");
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 1);
    assert_eq!(app.count("event_outbox").await, 1);
    // The stored answer, not a new look at the page.
    app.execute("DELETE FROM partner_profile_page_track").await;
    assert_eq!(request().await.json()["status"], "SUCCESS");
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 1);
    assert_eq!(app.count("partner_profile_page_track").await, 0);
}

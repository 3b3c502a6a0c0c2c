//! Accounts by handle, imported from the collector.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use futures_util::join;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS};
use crate::support::{Answer, Client, Collector, TestApp};

const ASHA: &str = "/profiles/instagram/byhandle/asha";

async fn ask(client: &Client, platform: &str, handle: &str) -> Answer {
    client.get(&format!("{BASE}/{platform}/byhandle/{handle}")).await
}

async fn start() -> (Collector, TestApp) {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    (collector, app)
}

fn instagram(id: &str, handle: &str) -> Value {
    json!({
        "status": {"type": "SUCCESS", "message": "ok"},
        "profile": {
            "platform": "INSTAGRAM", "handle": handle, "fbid": "1784", "profile_id": id,
            "profile_pic_url": "/p.jpg", "biography": "cook", "following": 5,
            "followers": 75_000, "full_name": "Asha Rao", "is_private": false,
            "media_count": 12, "updated_at": "2024-07-01", "recent_posts": [],
        },
    })
}

fn youtube(channel: &str) -> Value {
    json!({
        "status": {"type": "SUCCESS"},
        "profile": {
            "channel_id": channel, "title": "Asha Cooks", "subscribers": 999, "uploads": 3,
            "views": 7, "thumbnail": "/c.jpg",
        },
    })
}

async fn stored(app: &TestApp, table: &str) -> Value {
    let row = app.value(&format!("SELECT to_jsonb(t) FROM {table} t")).await.expect("one row");
    serde_json::from_str(&row).expect("JSON")
}

fn columns(row: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), row[*name].clone())).collect()
}

#[actix_web::test]
async fn an_unknown_instagram_handle_is_imported() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    let client = app.partner(10, Plan::Saas).await;
    let answer = ask(&client, "Instagram", "asha").await.success();
    let id = answer["profiles"][0]["platformCode"].as_str().expect("an id").to_owned();
    let code = format!("IA_{id}");
    let status = json!({"status": "SUCCESS", "message": "Profiles successfully retrieved",
        "filteredCount": 1});
    assert_eq!(answer["status"], status);
    assert_eq!(answer["profiles"][0]["code"], code);
    assert_eq!(answer["profiles"][0]["metrics"]["followers"], 75_000);
    let expected = json!({
        "ig_id": "77", "handle": "asha", "business_id": "1784", "thumbnail": "/p.jpg",
        "bio": "cook", "followers": 75_000, "following": 5, "name": "Asha Rao",
        "is_private": false, "post_count": 12, "label": "Macro",
        "keywords": ["asha", "rao"], "keywords_admin": ["asha", "rao"],
        "search_phrase": "asha rao asha", "search_phrase_admin": "asha rao asha",
        "enabled_for_saas": false, "enabled": true, "deleted": false,
        "profile_id": code, "gcc_profile_id": code,
    });
    let names: Vec<&str> = expected.as_object().expect("columns").keys().map(|k| &**k).collect();
    assert_eq!(columns(&stored(&app, "instagram_account").await, &names), expected);
    ask(&client, "INSTAGRAM", "asha").await.success();
    assert_eq!(collector.received().len(), 1, "known from now on");
    assert_eq!(app.count("event_outbox").await, 0);
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
}

#[actix_web::test]
async fn an_unknown_channel_is_imported() {
    let (collector, app) = start().await;
    collector.answers("/profiles/youtube/byhandle/UC1", &youtube("UC1"));
    let client = app.partner(10, Plan::Free).await;
    let answer = ask(&client, "YOUTUBE", "UC1").await.success();
    let id = answer["profiles"][0]["platformCode"].as_str().expect("an id").to_owned();
    let code = format!("YA_{id}");
    let expected = json!({
        "channel_id": "UC1", "title": "Asha Cooks", "followers": 999, "uploads_count": 3,
        "views_count": 7, "thumbnail": "/c.jpg", "label": "Nano",
        "keywords": ["asha", "cooks"], "keywords_admin": ["asha", "cooks"],
        "search_phrase": "asha cooks", "search_phrase_admin": "asha cooks",
        "enabled_for_saas": false, "enabled": true, "deleted": false,
        "profile_id": code, "gcc_profile_id": code,
    });
    let names: Vec<&str> = expected.as_object().expect("columns").keys().map(|k| &**k).collect();
    assert_eq!(columns(&stored(&app, "youtube_account").await, &names), expected);
}

#[actix_web::test]
async fn the_collector_hears_who_asks_and_the_exact_handle() {
    let (collector, app) = start().await;
    let client = app.partner(10, Plan::Paid).await;
    for handle in ["a%2Fb", "a%3Fx=1", "%C3%A9t%C3%A9", "a%23b", "..%2F..%2Fadmin"] {
        ask(&client, "INSTAGRAM", handle).await.refused("500", NO_DATA);
    }
    let received = collector.received();
    let paths: Vec<&str> = received.iter().map(|request| &*request.path).collect();
    let base = "/profiles/instagram/byhandle/";
    let expected = ["a%2Fb", "a%3Fx=1", "%C3%A9t%C3%A9", "a%23b", "..%2F..%2Fadmin"];
    assert_eq!(paths, expected.map(|handle| format!("{base}{handle}")));
    let header = |name: &str| received[0].headers.get(name).map(String::as_str);
    assert_eq!(header("x-bb-partner-id"), Some("10"));
    assert_eq!(header("x-bb-plan-type"), Some("PAID"));
    assert_eq!(header("x-bb-account-id"), Some("101"));
    // Basic 1001~1001~1~101:1001
    let credentials = "Basic MTAwMX4xMDAxfjF+MTAxOjEwMDE=";
    assert_eq!(header("authorization"), Some(credentials));
}

#[actix_web::test]
async fn parallel_requests_for_one_handle_make_one_call_and_one_row() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    let client = app.partner(10, Plan::Saas).await;
    collector.hold();
    let requests = join_all((0..10).map(|_| ask(&client, "INSTAGRAM", "asha")));
    let release = async {
        app.eventually("a call", async || !collector.received().is_empty()).await;
        let open = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let open = app.application_value(open).await;
        assert_eq!(open.as_deref(), Some("0"), "no transaction meanwhile");
        collector.release();
    };
    let (answers, ()) = tokio::join!(requests, release);
    let first = answers[0].success()["profiles"].clone();
    answers.iter().for_each(|answer| assert_eq!(answer.success()["profiles"], first));
    assert_eq!(collector.received().len(), 1);
    assert_eq!(app.count("instagram_account").await, 1);
}

#[actix_web::test]
async fn an_account_stored_without_its_id_takes_the_fetched_one() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    collector.hold();
    let client = app.partner(10, Plan::Saas).await;
    let stored_meanwhile = async {
        app.eventually("the collector is asked", async || !collector.received().is_empty()).await;
        let columns = json!({"ig_id": "MISSING-asha", "handle": "asha", "profile_id": "P1"});
        let id = app.seed_instagram(&columns).await;
        collector.release();
        id
    };
    let (answer, id) = join!(ask(&client, "INSTAGRAM", "asha"), stored_meanwhile);
    let answer = answer.success();
    assert_eq!(super::found(&answer), [id]);
    assert_eq!(answer["profiles"][0]["igId"], "77");
    let row = stored(&app, "instagram_account").await;
    assert_eq!((&row["ig_id"], &row["profile_id"]), (&json!("77"), &json!("P1")));
}

#[actix_web::test]
async fn a_renamed_account_keeps_everything_that_was_not_fetched() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    let columns = json!({
        "ig_id": "77", "handle": "old", "profile_id": "P1", "gcc_profile_id": "G1",
        "linked_channel_id": "UC1", "email": "a@x.in", "label": "Mega", "city": "Pune",
    });
    let id = app.seed_instagram(&columns).await;
    let client = app.partner(10, Plan::Saas).await;
    let answer = ask(&client, "INSTAGRAM", "asha").await.success();
    assert_eq!(super::found(&answer), [id]);
    let row = stored(&app, "instagram_account").await;
    let fetched = json!({"handle": "asha", "followers": 75_000, "bio": "cook"});
    let kept = json!({
        "profile_id": "P1", "gcc_profile_id": "G1", "linked_channel_id": "UC1",
        "email": "a@x.in", "city": "Pune",
    });
    for expected in [fetched, kept] {
        for (column, value) in expected.as_object().expect("columns") {
            assert_eq!(&row[column], value, "{column}");
        }
    }
}

#[actix_web::test]
async fn deleted_and_disabled_accounts_are_not_revived() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    collector.answers("/profiles/youtube/byhandle/UC1", &youtube("UC1"));
    let gone = json!({"ig_id": "77", "handle": "asha", "deleted": true});
    app.seed_instagram(&gone).await;
    app.seed_youtube(&json!({"channel_id": "UC1", "enabled": false})).await;
    let client = app.partner(10, Plan::Saas).await;
    for (platform, handle) in [("INSTAGRAM", "asha"), ("YOUTUBE", "UC1")] {
        ask(&client, platform, handle).await.refused("500", "profile not found");
    }
    assert_eq!(app.count("instagram_account WHERE deleted").await, 1);
    assert_eq!(app.count("youtube_account WHERE NOT enabled").await, 1);
    assert_eq!(app.count("instagram_account").await + app.count("youtube_account").await, 2);
}

#[actix_web::test]
async fn a_known_account_is_found_by_its_exact_handle_and_gets_its_profile_codes() {
    let (collector, app) = start().await;
    let lone = app.without_partner().await;
    for (platform, key, prefix) in [("INSTAGRAM", "handle", "IA"), ("YOUTUBE", "channel_id", "YA")]
    {
        let id = app.seed_on(platform, &json!({key: "asha", "gcc_profile_id": "G1"})).await;
        let table = format!("{}_account", platform.to_lowercase());
        for empty in ["NULL", "''"] {
            app.execute(&format!("UPDATE {table} SET profile_id = {empty}")).await;
            let answer = ask(&lone, platform, "asha").await.success();
            let seen = &answer["profiles"][0];
            assert_eq!(seen["code"], format!("{prefix}_{id}"), "{platform} {empty}");
            assert_eq!(seen["gccCode"], "G1");
            let stored = app.value(&format!("SELECT profile_id FROM {table}")).await;
            assert_eq!(stored, Some(format!("{prefix}_{id}")));
        }
    }
    assert_eq!(collector.received().len(), 0);
}

#[actix_web::test]
async fn nobody_without_a_partner_imports() {
    let (collector, app) = start().await;
    collector.answers(ASHA, &instagram("77", "asha"));
    let lone = app.without_partner().await;
    for platform in PLATFORMS {
        let answer = ask(&lone, platform, "asha").await;
        answer.refused("ERROR", "you are not authorized to access this resource");
        assert_eq!(answer.json().as_object().map(serde_json::Map::len), Some(1));
    }
    assert_eq!(collector.received().len(), 0);
    assert_eq!(app.count("instagram_account").await, 0);
    let admin = app.partner(-1, Plan::Free).await;
    ask(&admin, "INSTAGRAM", "asha").await.success();
}

const NO_DATA: &str = "error due to beat returning no data";

#[actix_web::test]
async fn a_collector_without_a_usable_answer_creates_nothing() {
    let (collector, app) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let profile =
        |profile: Value| json!({"status": {"type": "SUCCESS"}, "profile": profile}).to_string();
    let failed = |kind: &str| {
        let mut answer = instagram("77", "asha");
        answer["status"]["type"] = json!(kind);
        answer.to_string()
    };
    for (code, body, message) in [
        (500, instagram("77", "asha").to_string(), NO_DATA),
        (404, "{}".to_owned(), NO_DATA),
        (200, "garbage".to_owned(), NO_DATA),
        (200, String::new(), NO_DATA),
        (200, "[]".to_owned(), NO_DATA),
        (200, "{}".to_owned(), NO_DATA),
        (200, profile(json!({"profile_id": 77})), NO_DATA),
        (200, profile(json!({"profile_id": "7", "followers": "many"})), NO_DATA),
        (200, profile(json!(null)), "profile not found"),
        (200, profile(json!({})), "profile not found"),
        (200, profile(json!({"handle": "asha", "profile_id": " "})), "profile not found"),
        (200, failed("ERROR"), "profile not found"),
        (200, failed("PENDING"), "profile not found"),
    ] {
        collector.answers_text(ASHA, code, &body);
        let answer = ask(&client, "INSTAGRAM", "asha").await;
        answer.refused("500", message);
        assert_eq!(answer.json()["profiles"], json!([]), "{body}");
    }
    let hostile = profile(json!({"profile_id": "a\u{0}b", "handle": "asha"}));
    collector.answers_text(ASHA, 200, &hostile);
    ask(&client, "INSTAGRAM", "asha").await.refused("500", "invalid Request");
    let long = profile(json!({"profile_id": "7".repeat(300), "handle": "asha"}));
    collector.answers_text(ASHA, 200, &long);
    ask(&client, "INSTAGRAM", "asha").await.refused("500", "invalid Request");
    collector.stop().await;
    ask(&client, "INSTAGRAM", "asha").await.refused("500", NO_DATA);
    assert_eq!(app.count("instagram_account").await, 0);
    assert!(app.metric("coffee_panics_total").await == 0.0);
}

#[actix_web::test]
async fn without_a_collector_and_without_a_handle_nothing_is_asked() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in PLATFORMS {
        ask(&client, platform, "asha").await.refused("500", NO_DATA);
        let blank = ask(&client, platform, "%20").await;
        blank.refused("500", "handle is empty. Trying to get empty handle from beat");
        assert_eq!(blank.json()["profiles"], json!([]));
    }
}

#[actix_web::test]
async fn an_account_is_one_however_its_handle_is_written() {
    let (_collector, app) = start().await;
    let known = json!({"ig_id": "77", "handle": "Asha.Case", "name": "Asha"});
    app.seed_instagram(&known).await;
    let client = app.partner(10, Plan::Saas).await;
    for written in [
        "asha.case",
        "ASHA.CASE",
        "@asha.case",
        "%E2%80%8Basha.case",
        "%2F@asha.case",
        "https:%2F%2Fwww.instagram.com%2FAsha.Case%2F%3Fhl=en",
    ] {
        let answer = ask(&client, "instagram", written).await.success();
        assert_eq!(answer["profiles"][0]["handle"], "Asha.Case", "{written}");
    }
}

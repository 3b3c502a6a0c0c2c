//! Profiles whose accounts the collector is asked for.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use futures_util::join;
use serde_json::{Value, json};

use super::{at, count, row, seed};
use crate::support::{Collector, TestApp};

const ASHA: &str = "/profiles/instagram/byhandle/asha";

async fn start(more: &str) -> (Collector, TestApp) {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&format!("{}{more}", collector.section())).await;
    (collector, app)
}

fn profile(id: &str, followers: i64) -> Value {
    json!({
        "status": {"type": "SUCCESS", "message": "ok"},
        "profile": {
            "platform": "INSTAGRAM", "handle": "asha", "profile_id": id, "followers": followers,
            "full_name": "Asha Rao", "biography": "cook", "recent_posts": [],
            "post_metrics": {
                "all": {"avg_engagement": 0.544_521_050_763_077_7},
                "static": {"avg_reach": 12_671_464.125}, "reels": {"avg_plays": 15_933_665.125},
            },
        },
    })
}

#[actix_web::test]
async fn a_new_handle_becomes_an_account_and_a_profile_once() {
    let (collector, app) = start("").await;
    collector.answers(ASHA, &profile("77", 4_321));
    let client = app.partner(10, Plan::Saas).await;
    let ask = async |_| client.get(&at("/handle/INSTAGRAM/Asha")).await.success();
    let answers = join_all([1, 2, 3].map(ask)).await;
    let ids: Vec<_> = answers.iter().map(|answer| &answer["profiles"][0]["id"]).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(
        (collector.received().len(), count(&app, "campaign_profiles").await.as_str()),
        (1, "1")
    );
    let lone = app.without_partner().await;
    lone.get(&at("/handle/INSTAGRAM/asha")).await.success();
    let refused = lone.get(&at("/handle/INSTAGRAM/unknown")).await;
    refused.refused("ERROR", "you are not authorized to access this resource");
    let refused = lone.get(&at("/handle/INSTAGRAM/asha?fullRefresh=1")).await;
    refused.refused("ERROR", "you are not authorized to access this resource");
    assert_eq!(collector.received().len(), 1);
}

#[actix_web::test]
async fn a_full_refresh_stores_what_was_delivered_and_nothing_else() {
    let (collector, app) = start("").await;
    collector.answers(ASHA, &profile("77", 75_000));
    let columns = json!({"handle": "asha", "ig_id": "77", "avg_reach": 5.5, "deleted": false});
    let account = app.seed_instagram(&columns).await;
    let client = app.partner(10, Plan::Saas).await;
    let answer = client.get(&at("/handle/INSTAGRAM/asha?fullRefresh=1")).await.success();
    let social = &answer["profiles"][0]["socialDetails"];
    assert_eq!(social["engagementRate"], 0.544_521_050_763_077_7);
    assert_eq!(social["imageReach"], 12_671_464);
    assert_eq!(social["avgReelsPlay30d"], 15_933_665);
    assert_eq!(social["avgReach"], 5.5);
    let stored = row(&app, "instagram_account", account).await;
    assert_eq!(stored["label"], "Macro");
    assert_eq!(stored["engagement_rate"], 0.005_445_210_507_630_777);
    assert_eq!(stored["avg_reels_play_count"], 15_933_665.125);
    assert_eq!(stored["profile_id"], json!(format!("IA_{account}")));
}

#[actix_web::test]
async fn a_collector_that_fails_costs_the_refresh_only() {
    let (collector, app) = start("[server]\ncollector_timeout_secs = 4\n").await;
    let account =
        app.seed_instagram(&json!({"handle": "asha", "ig_id": "77", "name": "Old"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let full = at("/handle/INSTAGRAM/asha?fullRefresh=1");
    let by_id = "/profiles/instagram/byid/77";
    let refresh = at(format_args!("/{id}/refresh"));
    for (body, message) in [
        ("no json".to_owned(), "error due to beat returning no data"),
        (json!({"status": {"type": "ERROR", "message": "x"}}).to_string(), "profile not found"),
        (profile("8", 5).to_string(), "profile not found"),
        (json!({"status": {"type": "SUCCESS"}, "profile": null}).to_string(), "profile not found"),
    ] {
        for path in [ASHA, by_id] {
            collector.answers_text(path, 200, &body);
        }
        let answer = admin.get(&full).await.success();
        assert_eq!(answer["profiles"][0]["socialDetails"]["name"], "Old", "{message}");
        admin.put(&refresh, &json!(null)).await.refused("500", message);
    }
    collector.hold();
    let answer = admin.get(&full).await.success();
    assert_eq!(answer["profiles"][0]["socialDetails"]["name"], "Old");
    let silent = admin.put(&refresh, &json!(null)).await;
    silent.refused("500", "error due to beat returning no data");
    collector.release();
    let stored = row(&app, "instagram_account", account).await;
    assert_eq!((&stored["name"], &stored["ig_id"]), (&json!("Old"), &json!("77")));
}

#[actix_web::test]
async fn an_account_without_a_known_id_cannot_be_refreshed() {
    let (collector, app) = start("").await;
    let account = app.seed_instagram(&json!({"ig_id": "MISSING-asha", "handle": "asha"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let gcc = seed(&app, ("GCC", 5), &json!({})).await;
    let gone = seed(&app, ("YOUTUBE", 424_242), &json!({})).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let refresh = async |id| admin.put(&at(format_args!("/{id}/refresh")), &json!(null)).await;
    refresh(id).await.refused("500", "profile not found");
    refresh(gone).await.refused("500", "record not found");
    assert_eq!(refresh(gcc).await.success()["profiles"][0]["platform"], "GCC");
    assert!(collector.received().is_empty());
    collector.answers(ASHA, &profile("77", 9));
    admin.get(&at("/handle/INSTAGRAM/asha?fullRefresh=1")).await.success();
    assert_eq!(row(&app, "instagram_account", account).await["ig_id"], "77");
}

#[actix_web::test]
async fn an_upsert_whose_account_nobody_knows_stores_nothing() {
    let (collector, app) = start("").await;
    collector.answers(ASHA, &profile("77", 9));
    let admin = app.partner(-1, Plan::Paid).await;
    let socials = json!([{"platform": "INSTAGRAM", "handle": "asha"}, {"platform": "YOUTUBE", "handle": "UC1"}]);
    let body = json!({"socials": socials, "adminDetails": {"name": "x"}});
    admin.post(&at("/upsert"), &body).await.refused("500", "error due to beat returning no data");
    assert_eq!(count(&app, "campaign_profiles").await, "0");
    let invalid = json!({"socials": [{"platform": "INSTAGRAM", "handle": "other"}],
        "adminDetails": {"creatorCohorts": [{"tag": "MUSIC", "level": "A"}]}});
    let before = collector.received().len();
    admin.post(&at("/upsert"), &invalid).await.refused("500", "invalid creator cohort");
    assert_eq!(collector.received().len(), before, "nothing is imported for what is refused");
}

/// What the routes that ask the collector answer; the rows stay as they are.
async fn refused(app: &TestApp, ids: (i64, i64), [import, refresh, insights]: [&str; 3]) {
    let (profile, account) = ids;
    let before = digest(app).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let get = async |rest: String| admin.get(&at(rest)).await;
    let upsert = async |rest: String, body: Value| admin.post(&at(rest), &body).await;
    let both = json!([{"id": profile}, {"platform": "YOUTUBE", "handle": "UCnew"}]);
    let details = json!({"name": "x"});
    let refresh_path = at(format_args!("/{profile}/refresh"));
    let answers = join!(
        get("/handle/INSTAGRAM/new".to_owned()),
        get("/handle/YOUTUBE/UCnew?fullRefresh=1".to_owned()),
        upsert("/upsert".to_owned(), json!({"socials": both, "adminDetails": details})),
        upsert(format!("/upsert/IA_{account}"), json!({"accountId": 5, "adminDetails": details})),
        get("/handle/YOUTUBE/@name".to_owned()),
        admin.put(&refresh_path, &Value::Null),
        get(format!("/{profile}/INSTAGRAM/insights?token=t&userId=1")),
        get(format!("/{profile}/INSTAGRAM/audienceinsights?token=t&userId=1")),
    );
    for imported in [&answers.0, &answers.1, &answers.2, &answers.3] {
        imported.refused("500", import);
    }
    answers.4.refused("500", "unable to find channel id for handle");
    answers.5.refused("500", refresh);
    answers.6.refused("500", insights);
    answers.7.refused("500", insights);
    assert_eq!(digest(app).await, before, "{import}");
}

async fn digest(app: &TestApp) -> Option<String> {
    let rows = |table| format!("(SELECT json_agg(t ORDER BY id) FROM {table} t)");
    let tables = ["instagram_account", "youtube_account", "campaign_profiles"].map(rows);
    app.value(&format!("SELECT json_build_array({})", tables.join(", "))).await
}

#[actix_web::test]
async fn no_answer_of_the_collector_leaves_anything_half_written() {
    let (collector, app) = start("[server]\ncollector_timeout_secs = 4\n").await;
    let columns = json!({"handle": "asha", "ig_id": "77", "gcc_linked_channel_id": "UCnew"});
    let account = app.seed_instagram(&columns).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let answers = |code, body: &Value| {
        for path in [
            "/profiles/instagram/byhandle/new",
            "/profiles/youtube/byhandle/UCnew",
            "/profiles/instagram/byid/77",
            "/profiles/INSTAGRAM/byhandle/asha/insights",
            "/profiles/INSTAGRAM/byhandle/asha/audienceinsights",
            "/youtube/channel/byhandle/name",
        ] {
            collector.answers_text(path, code, &body.to_string());
        }
    };
    let no_data = "error due to beat returning no data";
    let silent = [no_data, no_data, "error from beat: no answer"];
    let success = json!({"type": "SUCCESS"});
    for garbage in [json!("text"), json!([]), json!({}), json!({"status": success, "profile": 5})] {
        answers(200, &garbage);
        refused(&app, (id, account), silent).await;
    }
    answers(500, &json!({"status": success, "profile": {"profile_id": "9"}}));
    refused(&app, (id, account), silent).await;
    answers(200, &json!({"status": {"type": "ERROR", "message": "x"}}));
    let unknown = ["profile not found", "profile not found", "error from beat: x"];
    refused(&app, (id, account), unknown).await;
    let other = json!({"handle": "other", "profile_id": "8", "channel_id": "UCother"});
    answers(200, &json!({"status": success, "profile": other}));
    refused(&app, (id, account), ["profile not found"; 3]).await;
    collector.hold();
    refused(&app, (id, account), silent).await;
    collector.release();
}

#[actix_web::test]
async fn an_error_after_an_account_was_created_leaves_that_account_and_no_profile() {
    let (collector, app) = start("").await;
    let channel = "/profiles/youtube/byhandle/UC1";
    collector.answers(ASHA, &profile("77", 4_321));
    collector.answers(channel, &json!({"status": {"type": "ERROR", "message": "x"}}));
    let admin = app.partner(-1, Plan::Paid).await;
    let socials = json!([
        {"platform": "INSTAGRAM", "handle": "asha"}, {"platform": "YOUTUBE", "handle": "UC1"},
    ]);
    let body = json!({"socials": socials, "accountId": 5, "adminDetails": {"name": "x"}});
    admin.post(&at("/upsert"), &body).await.refused("500", "profile not found");
    assert_eq!(count(&app, "campaign_profiles").await, "0");
    let found = "SELECT to_jsonb(t) - 'updated_at' FROM instagram_account t";
    let stored: Value =
        serde_json::from_str(&app.value(found).await.expect("one row")).expect("JSON");
    let code = json!(format!("IA_{}", stored["id"]));
    assert_eq!((&stored["profile_id"], &stored["gcc_profile_id"]), (&code, &code));
    assert_eq!(stored["keywords"], json!(["asha", "rao"]));
    let known = json!({"channel_id": "UC1", "title": "Asha Cooks"});
    collector.answers(channel, &json!({"status": {"type": "SUCCESS"}, "profile": known}));
    let answer = admin.post(&at("/upsert"), &body).await.success();
    assert_eq!(answer["status"]["filteredCount"], 3);
    for (table, rows) in
        [("campaign_profiles", "3"), ("instagram_account", "1"), ("youtube_account", "1")]
    {
        assert_eq!(count(&app, table).await, rows, "{table}");
    }
    assert_eq!(collector.received().len(), 3, "the known account is not asked for again");
}

#[actix_web::test]
async fn a_placeholder_takes_the_id_of_nobody_else() {
    let (collector, app) = start("").await;
    let columns = json!({"handle": "asha", "ig_id": "MISSING-asha", "name": "Old"});
    let account = app.seed_instagram(&columns).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let client = app.partner(10, Plan::Saas).await;
    let mut other = profile("8", 5);
    other["profile"]["handle"] = json!("other");
    app.seed_instagram(&json!({"ig_id": "77", "handle": "taken"})).await;
    for answer in [other, profile("77", 5)] {
        collector.answers(ASHA, &answer);
        client.get(&at("/handle/INSTAGRAM/asha?fullRefresh=1")).await.success();
        let stored = row(&app, "instagram_account", account).await;
        assert_eq!((&stored["ig_id"], &stored["name"]), (&json!("MISSING-asha"), &json!("Old")));
    }
    assert_eq!(super::get(&client, id).await["handle"], "asha");
}

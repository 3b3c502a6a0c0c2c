//! Profiles whose accounts the collector is asked for.

use coffee::core::types::Plan;
use futures_util::future::join_all;
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

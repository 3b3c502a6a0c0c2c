//! What documentation and older releases promise in numbers.

use coffee::core::types::Plan;
use serde_json::json;

use super::{at, count, get, row, seed};
use crate::support::{Collector, TestApp};

#[actix_web::test]
async fn a_refreshed_channel_has_its_three_counters() {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    let profile = json!({"channel_id": "UCasha", "subscribers": 249_000_000, "uploads": 19_551,
        "views": 233_381_716_303_i64});
    let answer = json!({"status": {"type": "SUCCESS"}, "profile": profile});
    collector.answers("/profiles/youtube/byhandle/UCasha", &answer);
    collector.answers("/profiles/youtube/byid/UCasha", &answer);
    let columns = json!({"channel_id": "UCasha", "username": "@asha", "description": "cooks",
        "video_reach": 5, "avg_views": 7.5, "profile_id": "P1", "gcc_profile_id": "G1",
        "title": "Asha Cooks", "enabled": true});
    let account = app.seed_youtube(&columns).await;
    let id = seed(&app, ("YOUTUBE", account), &json!({})).await;
    let before = row(&app, "youtube_account", account).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let full = admin.get(&at("/handle/YOUTUBE/UCasha?fullRefresh=1")).await.success();
    let mut expected = before.clone();
    expected["followers"] = json!(249_000_000);
    expected["uploads_count"] = json!(19_551);
    expected["views_count"] = json!(233_381_716_303_i64);
    expected["label"] = json!("Mega");
    let stored = async || {
        let mut stored = row(&app, "youtube_account", account).await;
        stored["updated_at"] = before["updated_at"].clone();
        stored
    };
    assert_eq!(stored().await, expected);
    let refreshed = admin.put(&at(format_args!("/{id}/refresh")), &json!(null)).await.success();
    for answer in [full, refreshed] {
        let social = &answer["profiles"][0]["socialDetails"];
        assert_eq!(social["followers"], 249_000_000);
        assert_eq!(
            (&social["uploads"], &social["views"]),
            (&json!(19_551), &json!(233_381_716_303_i64))
        );
    }
    assert_eq!(stored().await, expected);
}

#[actix_web::test]
async fn an_audience_is_told_in_shares() {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    let account = app.seed_instagram(&json!({"handle": "asha", "ig_id": "77"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let audience = json!({
        "city": {"A": 50, "B": 20, "C": 10, "D": 8, "E": 6, "F": 4, "G": 2},
        "gender_age": {"male": {"18-24": 30, "25-34": 20}, "female": {"18-24": 40, "25-34": 10},
            "unknown": {"18-24": 9}},
    });
    let path = "/profiles/INSTAGRAM/byhandle/asha/audienceinsights";
    let answer = |handle: &str, audience| {
        json!({"status": {"type": "SUCCESS"},
            "profile": {"handle": handle, "audience_data": audience}})
    };
    collector.answers(path, &answer("Asha", audience));
    let client = app.partner(10, Plan::Saas).await;
    let ask = at(format_args!("/{id}/INSTAGRAM/audienceinsights?token=t&userId=1"));
    let data = client.get(&ask).await.success()["profile"]["audienceData"].clone();
    let cities = json!({"A": 50.0, "B": 20.0, "C": 10.0, "D": 8.0, "E": 6.0, "others": 6.0});
    assert_eq!(data["cityWiseAudienceLocation"], cities);
    assert_eq!(data["audienceGenderSplit"], json!({"male_per": 50.0, "female_per": 50.0}));
    assert_eq!(data["audienceAgeGenderSplit"]["female"]["18-24"], 40.0);
    collector.answers(path, &answer("other", json!({})));
    client.get(&ask).await.refused("500", "profile not found");
}

#[actix_web::test]
async fn a_tenants_upsert_reaches_nobody() {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    let client = app.partner(10, Plan::Paid).await;
    let person = json!({"socials": [{"platform": "INSTAGRAM", "handle": "asha"}], "accountId": 5});
    for body in [person, json!(null), json!("x")] {
        let refused = client.post(&at("/upsert"), &body).await.contract();
        let expected = json!({"status": {"status": "ERROR",
            "message": "you are not authorized to access this resource"}});
        assert_eq!(refused, expected);
    }
    assert!(collector.received().is_empty());
    assert_eq!(count(&app, "campaign_profiles").await, "0");
}

#[actix_web::test]
async fn a_profile_that_a_reader_creates_follows_from_its_account_and_leaves_it_linked() {
    let app = TestApp::start().await;
    let columns = json!({"handle": "asha", "name": "Asha R", "email": "a@x.in", "gender": "FEMALE",
        "languages": ["hi"], "location_list": ["Goa", "India"], "gcc_linked_channel_id": "UC1",
        "enabled": true});
    let account = app.seed_instagram(&columns).await;
    let client = app.partner(10, Plan::Saas).await;
    let answer = client.get(&at("/handle/INSTAGRAM/asha")).await.success();
    let id = answer["profiles"][0]["id"].as_i64().expect("an id");
    let stored = row(&app, "campaign_profiles", id).await;
    for (column, value) in [
        ("has_email", json!(true)),
        ("has_phone", json!(false)),
        ("gender", json!("FEMALE")),
        ("languages", json!(["hi"])),
        ("location", json!(["Goa", "India"])),
        ("on_gcc", json!(false)),
        ("on_gcc_app", json!(false)),
        ("updated_by", json!("101")),
        ("admin_details", json!({"isBlacklisted": false, "whatsappOptIn": false})),
    ] {
        assert_eq!(stored[column], value, "{column}");
    }
    let account = row(&app, "instagram_account", account).await;
    assert_eq!(account["gcc_linked_channel_id"], "UC1");
    assert_eq!(account["keywords_admin"], json!(["asha", "r"]));
    assert_eq!(get(&client, id).await["handle"], "asha");
}

//! Audience and hashtags of an account.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS};
use crate::support::{Client, TestApp};

fn split() -> Value {
    json!({
        "female": {"18-24": 20, "25-34": 15, "65+": 90},
        "male": {"18-24": 25, "25-34": 32, "13-17": 80},
    })
}

fn row(platform: &str, account: i64) -> Value {
    json!({
        "platform": platform, "platform_profile_id": account, "platform_id": account.to_string(),
        "audience_location_split": {"city": {"Pune": 30.5, "Others": 69.5}, "country": {"IN": 99}},
        "audience_gender_split": {"male_per": 40, "female_per": 60},
        "audience_age_gender_split": split(),
        "audience_language": {"hi": 70}, "notable_followers": ["b", "unknown", "a"],
        "audience_reachability_percentage": 1.5, "audience_authenticity_percentage": 2.5,
        "comment_rate_percentage": 3.5, "quality_audience_percentage": 2.5,
        "quality_audience_score": 4.5, "quality_score_grade": "Good",
        "quality_score_breakup": {"FOLLOWERS": "HIGH"},
    })
}

async fn audience(client: &Client, platform: &str, account: i64) -> Value {
    let answer = client.get(&format!("{BASE}/{platform}/{account}/audience")).await.success();
    let status = json!({"status": "SUCCESS", "filteredCount": 1,
        "message": "Profile Audience successfully retrieved"});
    assert_eq!(answer["status"], status);
    answer["audienceData"][0].clone()
}

/// An account with an audience, two notable followers and a third one that is gone.
async fn seed(app: &TestApp, platform: &str) -> i64 {
    let key = if platform == "INSTAGRAM" { "ig_id" } else { "channel_id" };
    for id in ["a", "b"] {
        app.seed_on(platform, &json!({key: id, "profile_id": id})).await;
    }
    app.seed_on(platform, &json!({key: "unknown", "deleted": true})).await;
    let account = app.seed_on(platform, &json!({})).await;
    app.seed("social_profile_audience_info", &row(platform, account)).await;
    account
}

#[actix_web::test]
async fn an_unlocked_audience_has_the_documented_members() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in PLATFORMS {
        let account = seed(&app, platform).await;
        let key = format!("profile-{platform}-{account}");
        app.seed("partner_profile_page_track", &json!({"partner_id": 10, "key": key})).await;
        let mut seen = audience(&client, platform, account).await;
        let notable = seen["notableFollowers"].take();
        let notable = notable.as_array().expect("notable followers").iter();
        let codes: Vec<&str> = notable.filter_map(|entry| entry["profileCode"].as_str()).collect();
        assert_eq!(codes, ["b", "a"], "in stored order, unknown ones dropped");
        let expected = json!({
            "platformProfileId": account, "platform": platform,
            "cityWiseAudienceLocation": {"Pune": 30.5},
            "countryWiseAudienceLocation": {"IN": 99.0},
            "audienceGenderSplit": {"male_per": 40.0, "female_per": 60.0},
            "audienceAgeGenderSplit": {
                "female": {"18-24": 20.0, "25-34": 15.0, "65+": 90.0},
                "male": {"18-24": 25.0, "25-34": 32.0, "13-17": 80.0},
            },
            "topAge": {"25-34": 47.0}, "audienceLanguage": {"hi": 70.0},
            "notableFollowers": null,
            "audienceReachabilityPercentage": 1.5, "audienceAuthenticityPercentage": 2.5,
            "commentRatePercentage": 3.5, "qualityAudiencePercentage": 2.5,
            "qualityAudienceScore": 4.5, "qualityScoreGrade": "Good",
            "qualityScoreBreakup": {"FOLLOWERS": "HIGH"},
        });
        assert_eq!(seen, expected, "{platform}");
    }
}

#[actix_web::test]
async fn a_locked_audience_hides_what_is_sold() {
    let app = TestApp::start().await;
    let account = seed(&app, "INSTAGRAM").await;
    let hidden = [
        "topAge",
        "audienceReachabilityPercentage",
        "audienceAuthenticityPercentage",
        "qualityAudiencePercentage",
        "qualityAudienceScore",
        "qualityScoreBreakup",
    ];
    let clients = [
        (app.partner(10, Plan::Free).await, true),
        (app.without_partner().await, true),
        (app.partner(20, Plan::Saas).await, true),
        (app.partner(30, Plan::Paid).await, true),
        (app.partner(-1, Plan::Free).await, false),
    ];
    for (client, is_masked) in clients {
        let seen = audience(&client, "INSTAGRAM", account).await;
        for member in hidden {
            assert_eq!(seen.get(member).is_none(), is_masked, "{member}");
        }
        assert_eq!(seen["cityWiseAudienceLocation"].is_null(), is_masked);
        assert!(seen.get("cityWiseAudienceLocation").is_some(), "null, not left out");
        assert_eq!(seen["audienceAgeGenderSplit"] == json!({}), is_masked);
        for member in ["countryWiseAudienceLocation", "audienceGenderSplit", "qualityScoreGrade"] {
            assert!(seen.get(member).is_some(), "{member}");
        }
    }
}

#[actix_web::test]
async fn the_top_age_needs_a_common_bucket_and_prefers_the_youngest() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Free).await;
    for (split, expected) in [
        (json!({"female": {"18-24": 20}, "male": {"25-34": 32}}), None),
        (json!({"female": {"18-24": 20}}), None),
        (json!(null), None),
        (
            json!({"female": {"65+": 9, "13-17": null}, "male": {"65+": 1, "13-17": 10}}),
            Some(json!({"13-17": 10.0})),
        ),
    ] {
        let account = app.seed_youtube(&json!({})).await;
        let row = json!({"platform": "YOUTUBE", "platform_profile_id": account,
            "audience_age_gender_split": split});
        app.seed("social_profile_audience_info", &row).await;
        let seen = audience(&admin, "YOUTUBE", account).await;
        assert_eq!(seen.get("topAge"), expected.as_ref());
    }
}

#[actix_web::test]
async fn an_account_without_a_row_has_no_audience_and_no_hashtags() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let account = app.seed_instagram(&json!({})).await;
    // A row of the channel of the same id is another account's.
    app.seed_youtube(&json!({"id": account})).await;
    app.seed("social_profile_audience_info", &row("YOUTUBE", account)).await;
    let audience = client.get(&format!("{BASE}/INSTAGRAM/{account}/audience")).await;
    audience.refused("500", "record not found");
    assert_eq!(audience.json()["audienceData"], json!([]));
    let hashtags = client.get(&format!("{BASE}/INSTAGRAM/{account}/hashtags")).await;
    hashtags.refused("500", "record not found");
    assert_eq!(hashtags.json()["hashtags"], json!([]));
}

#[actix_web::test]
async fn hashtags_are_counted_for_everybody_signed_in() {
    let app = TestApp::start().await;
    let client = app.without_partner().await;
    for platform in PLATFORMS {
        let account = app.seed_on(platform, &json!({})).await;
        let row = json!({
            "platform": platform, "platform_profile_id": account, "platform_id": "x",
            "hashtags": ["food", "goa"], "hashtags_counts": [7, 3],
        });
        app.seed("social_profile_hashtags", &row).await;
        let path = format!("{BASE}/{platform}/{account}/hashtags");
        let answer = client.get(&path).await.success();
        assert_eq!(answer["status"]["message"], "Profile Hashtags successfully retrieved");
        let expected = json!([{"platformProfileId": account, "platform": platform,
            "hashtags": {"food": 7, "goa": 3}}]);
        assert_eq!(answer["hashtags"], expected);
    }
}

//! One profile: by profile code and by account.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS};
use crate::support::{Client, TestApp};

async fn profile(client: &Client, path: &str) -> Value {
    client.get(&format!("{BASE}/{path}")).await.success()["profiles"][0].clone()
}

fn instagram() -> Value {
    json!({
        "ig_id": "77", "handle": "asha.r", "name": "Asha Rao", "bio": "cook", "label": "Macro",
        "profile_id": "P1", "gcc_profile_id": "G1", "linked_channel_id": "UC9",
        "gcc_linked_channel_id": "UC8", "thumbnail": "/t.jpg", "categories": ["Food"],
        "category_rank": {"Food": 3}, "est_post_price": {"reel_posts": 10.5},
        "followers": 900, "engagement_rate": 0.035, "reels_reach": 7, "is_verified": true,
        "est_impressions": {"reel_posts": 5, "image_posts": 6}, "impressions_30d": 1.5,
        "followers_growth30d": "4", "er_grade": "Good", "updated_at": "2024-07-01T00:00:00Z",
        "gender": "FEMALE", "location_list": ["Pune"], "languages": ["hi"],
        "similar_profile_group_data": {"x": 1}, "audience_gender": {"male_per": 1},
        "audience_location": {"city": {"Pune": 1}}, "account_type": "CREATOR",
        "email": "asha@x.in", "phone": "98",
    })
}

fn youtube() -> Value {
    json!({
        "channel_id": "UC9", "title": "", "username": "asha", "description": "cooking",
        "profile_id": "P2", "gcc_profile_id": "G2", "linked_instagram_handle": "asha.r",
        "followers": 500, "views_count": 8, "uploads_count": 9, "avg_views": 2.5,
        "video_reach": 4, "views_30d": 3, "latest_video_publish_time": "2024-07-01T00:00:00Z",
        "views_30d_grade": "Poor", "audience_location": {"city": {}},
    })
}

#[actix_web::test]
async fn an_overview_of_an_instagram_account_has_the_documented_members() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Free).await;
    let id = app.seed_instagram(&instagram()).await;
    let channel = app.seed_youtube(&youtube()).await;
    let path = format!("{BASE}/INSTAGRAM/{id}");
    let answer = admin.get(&path).await.success();
    let status = json!({"status": "SUCCESS", "message": "Profiles successfully retrieved",
        "filteredCount": 1});
    assert_eq!(answer["status"], status);
    let expected = json!({
        "code": "P1", "locked": false, "gccCode": "G1", "platformCode": id.to_string(),
        "name": "Asha Rao", "handle": "asha.r", "username": "asha.r", "phone": "98",
        "email": "asha@x.in", "igId": "77", "description": "cook", "platform": "INSTAGRAM",
        "profileType": "Macro", "linkedChannelId": "UC9", "gccLinkedChannelId": "UC8",
        "thumbnail": "/t.jpg", "categoryRank": {"Food": "3"},
        "estPostPrice": {"reel_posts": 10.5}, "categories": ["Food"],
        "metrics": {
            "followers": 900, "engagementRatePercentage": 3.5000000000000004, "reelsReach": 7,
            "followersGrowth30d": "4", "instagramAccountType": "CREATOR", "impressions30d": 1.5,
            "reelsImpressions": 5.0, "imageImpressions": 6.0,
        },
        "grades": {"erGrade": "Good"}, "updatedAt": 1_719_792_000, "isVerified": true,
        "groupData": {"x": 1.0}, "gender": "FEMALE", "locationList": ["Pune"],
        "languages": ["hi"],
        "linkedSocials": [
            {
                "code": id, "profileCode": "P1", "gccProfileCode": "G1", "name": "Asha Rao",
                "platform": "INSTAGRAM", "handle": "asha.r", "username": "asha.r", "igId": "77",
                "thumbnail": "/t.jpg", "engagementRate": 3.5000000000000004, "followers": 900,
                "reelsReach": 7, "isVerified": true, "source": "SAAS", "accountType": "CREATOR",
                "audienceCityAvailable": true, "audienceGenderAvailable": true,
            },
            {
                "code": channel, "profileCode": "P2", "gccProfileCode": "G2", "name": "UC9",
                "platform": "YOUTUBE", "handle": "UC9", "username": "asha", "thumbnail": null,
                "followers": 500, "uploads": 9, "avgReach": 0.0, "views": 8, "source": "SAAS",
                "audienceCityAvailable": false, "audienceGenderAvailable": false,
            },
        ],
    });
    assert_eq!(answer["profiles"], json!([expected]));
}

#[actix_web::test]
async fn an_overview_of_a_channel_has_the_documented_members() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Free).await;
    let linked = app.seed_instagram(&instagram()).await;
    let id = app.seed_youtube(&youtube()).await;
    let mut seen = profile(&admin, &format!("youtube/{id}")).await;
    assert!(seen["updatedAt"].as_i64().is_some_and(|at| at > 1_700_000_000));
    seen["updatedAt"] = json!(0);
    let expected = json!({
        "code": "P2", "locked": false, "gccCode": "G2", "platformCode": id.to_string(),
        "name": "asha", "handle": "UC9", "username": "asha", "igId": "",
        "description": "cooking", "platform": "YOUTUBE", "profileType": "Micro",
        "linkedHandle": "asha.r", "categories": null, "updatedAt": 0,
        "metrics": {
            "followers": 500, "views": 8, "avgViews": 2.5, "videoReach": 4, "uploads": 9,
            "views30d": 3, "latestVideoPublishTime": 1_719_792_000, "impressions30d": null,
        },
        "grades": {"views30dGrade": "Poor"}, "locationList": null, "languages": null,
        "linkedSocials": [
            {
                "code": id, "profileCode": "P2", "gccProfileCode": "G2", "name": "UC9",
                "platform": "YOUTUBE", "handle": "UC9", "username": "asha", "thumbnail": null,
                "followers": 500, "avgViews": 2.5, "uploads": 9, "avgReach": 0.0, "views": 8,
                "source": "SAAS", "audienceCityAvailable": false,
                "audienceGenderAvailable": false,
            },
            {
                "code": linked, "profileCode": "P1", "gccProfileCode": null, "name": "Asha Rao",
                "platform": "INSTAGRAM", "handle": "asha.r", "username": "asha.r",
                "thumbnail": "/t.jpg", "engagementRate": 3.5000000000000004, "followers": 900,
                "reelsReach": 7, "isVerified": true, "source": "SAAS",
                "audienceCityAvailable": true, "audienceGenderAvailable": true,
            },
        ],
    });
    assert_eq!(seen, expected);
}

#[actix_web::test]
async fn group_averages_come_with_the_histogram_where_its_columns_fit() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Free).await;
    let group = async |key: &str, bins: [Value; 3], enabled: bool| {
        let [start, end, height] = bins;
        let row = json!({
            "group_key": key, "profiles": 12, "bin_start": start, "bin_end": end,
            "bin_height": height, "group_avg_likes": 1.5, "group_avg_reels_reach": "7",
            "enabled": enabled,
        });
        app.seed("group_metrics", &row).await;
        let id = app.seed_youtube(&json!({"group_key": key})).await;
        profile(&admin, &format!("YOUTUBE/{id}")).await["similarProfileGroupData"].clone()
    };
    let fitting = [json!(["0.01", "0.02"]), json!(["0.02", "0.03"]), json!(["30", "90"])];
    let expected = json!({
        "groupKey": "a", "profiles": 12, "groupAvgLikes": 1.5, "groupAvgEngagementRate": 0.0,
        "groupAvgReelsReach": "7", "erHistogram": [
            {"start": 1.0, "end": 2.0, "value": 25.0}, {"start": 2.0, "end": 3.0, "value": 75.0},
        ],
    });
    assert_eq!(group("a", fitting.clone(), true).await, expected);
    assert_eq!(group("b", fitting, false).await, json!(null), "disabled");
    let zero = [json!(["0"]), json!(["0.1"]), json!(["0"])];
    let histogram = group("c", zero, true).await["erHistogram"].clone();
    assert_eq!(histogram, json!([{"start": 0.0, "end": 10.0, "value": 0.0}]));
    for (key, bins) in [
        ("d", [json!(["0", "1"]), json!(["1"]), json!(["1"])]),
        ("e", [json!(["0"]), json!(["x"]), json!(["1"])]),
        ("f", [json!(["0"]), json!(["1"]), json!(["NaN"])]),
        ("g", [json!(null), json!(null), json!(null)]),
    ] {
        assert_eq!(group(key, bins, true).await.get("erHistogram"), None, "{key}");
    }
}

#[actix_web::test]
async fn an_identity_is_found_on_either_platform_without_metrics() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let id = app.seed_instagram(&instagram()).await;
    let channel = app.seed_youtube(&youtube()).await;
    for (path, platform, code) in [
        ("P1", "INSTAGRAM", id),
        ("P2", "YOUTUBE", channel),
        ("G1?source=GCC", "INSTAGRAM", id),
        ("G2?source=GCC", "YOUTUBE", channel),
    ] {
        let answer = client.get(&format!("{BASE}/{path}")).await.success();
        let status = json!({"status": "SUCCESS", "message": "Profiles successfully retrieved",
            "filteredCount": 1});
        assert_eq!(answer["status"], status);
        let seen = &answer["profiles"][0];
        assert_eq!(seen["platform"], platform, "{path}");
        assert_eq!(seen["platformCode"], code.to_string());
        assert_eq!(seen["metrics"], json!({"impressions30d": null}));
        assert_eq!(seen.get("campaignProfile"), None);
    }
    // One code on both platforms: Instagram answers.
    app.seed_youtube(&json!({"profile_id": "P1"})).await;
    assert_eq!(profile(&client, "P1").await["platform"], "INSTAGRAM");
    for path in ["P3", "G1", "P1?source=GCC", "p1", "%20", "IA_0", "'%20OR%201=1"] {
        let answer = client.get(&format!("{BASE}/{path}")).await;
        answer.refused("500", "profile not found");
        assert_eq!(answer.json()["profiles"], json!([]), "{path}");
    }
}

#[actix_web::test]
async fn the_platform_sees_the_campaign_profile_of_the_right_platform_with_an_identity() {
    let app = TestApp::start().await;
    let (admin, client) = (app.partner(-1, Plan::Free).await, app.partner(10, Plan::Paid).await);
    let id = app.seed_instagram(&instagram()).await;
    let row = |platform| json!({"platform": platform, "platform_account_id": id});
    app.seed("campaign_profiles", &row("YOUTUBE")).await;
    assert_eq!(profile(&admin, "P1").await.get("campaignProfile"), None);
    let own = app.seed("campaign_profiles", &row("INSTAGRAM")).await;
    assert_eq!(profile(&admin, "P1").await["campaignProfile"]["id"], own["id"]);
    assert_eq!(profile(&client, "P1").await.get("campaignProfile"), None);
    let joined = format!("INSTAGRAM/{id}?campaignProfileJoin=true");
    assert_eq!(profile(&client, &joined).await["campaignProfile"]["id"], own["id"]);
    let plain = profile(&client, &format!("INSTAGRAM/{id}")).await;
    assert_eq!(plain.get("campaignProfile"), None);
}

#[actix_web::test]
async fn accounts_that_do_not_exist_for_callers_have_no_pages() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Paid).await;
    let admin = app.partner(-1, Plan::Paid).await;
    for platform in PLATFORMS {
        let off = json!({"enabled": false, "profile_id": "OFF"});
        let disabled = app.seed_on(platform, &off).await.to_string();
        let gone = json!({"deleted": true, "gcc_profile_id": "GONE"});
        let deleted = app.seed_on(platform, &gone).await.to_string();
        for client in [&client, &admin] {
            for id in ["0", "-1", "999999", &disabled, &deleted] {
                let path = format!("{BASE}/{platform}/{id}");
                for (suffix, payload) in
                    [("", "profiles"), ("/audience", "audienceData"), ("/hashtags", "hashtags")]
                {
                    let answer = client.get(&format!("{path}{suffix}")).await;
                    answer.refused("500", "record not found");
                    assert_eq!(answer.json()[payload], json!([]), "{path}{suffix}");
                }
                for (suffix, payload) in [
                    ("similar_accounts", Some("profiles")),
                    ("timeseries", None),
                    ("content", None),
                ] {
                    let answer = client.list(&format!("{path}/{suffix}"), &[]).await;
                    answer.refused("500", "record not found");
                    let members = if payload.is_some() { 2 } else { 1 };
                    let body = answer.json();
                    assert_eq!(body.as_object().map(serde_json::Map::len), Some(members));
                }
            }
            for code in ["OFF", "GONE?source=GCC"] {
                let answer = client.get(&format!("{BASE}/{code}")).await;
                answer.refused("500", "profile not found");
            }
        }
    }
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 0);
    assert_eq!(app.count("partner_profile_page_track").await, 0);
}

#[actix_web::test]
async fn paths_that_name_no_account_are_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    for id in ["x", "1x", "1.5", "99999999999999999999", "%20", "1;--", "0x1"] {
        let shown = id.replace("%20", " ");
        for suffix in ["", "/audience", "/hashtags"] {
            let answer = client.get(&format!("{BASE}/INSTAGRAM/{id}{suffix}")).await;
            answer.refused("ERROR", &format!("invalid Record Id - {shown}"));
            assert_eq!(answer.json().as_object().map(serde_json::Map::len), Some(1));
        }
        for suffix in ["similar_accounts", "timeseries", "content"] {
            let answer = client.list(&format!("{BASE}/YOUTUBE/{id}/{suffix}"), &[]).await;
            answer.refused("ERROR", &format!("invalid Record Id - {shown}"));
        }
    }
    for platform in ["ALL", "TIKTOK", "IA"] {
        for suffix in ["", "/audience", "/hashtags"] {
            let answer = client.get(&format!("{BASE}/{platform}/1{suffix}")).await;
            answer.refused("500", "invalid platform");
        }
        for suffix in ["similar_accounts", "timeseries", "content"] {
            let answer = client.list(&format!("{BASE}/{platform}/1/{suffix}"), &[]).await;
            answer.refused("500", "invalid platform");
        }
        let answer = client.get(&format!("{BASE}/{platform}/byhandle/asha")).await;
        answer.refused("500", "invalid platform");
    }
}

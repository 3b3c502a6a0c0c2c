//! What a plan hides, and what unlocking a profile shows.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS, search};
use crate::support::{Client, TestApp};

/// Members below a profile that M1 hides, and those that M2 hides besides.
const M1: &[&str] = &[
    "/categoryRank",
    "/estPostPrice",
    "/grades/likesSpreadGrade",
    "/grades/audienceQualityGrade",
    "/grades/audienceReachabilityGrade",
    "/grades/audienceAuthencityGrade",
];
const M2: &[&str] = &[
    "/metrics/countryRank",
    "/metrics/storyReach",
    "/metrics/imageReach",
    "/metrics/reelsReach",
    "/metrics/likesSpreadPercentage",
    "/linkedSocials/0/storyReach",
    "/linkedSocials/0/imageReach",
    "/linkedSocials/0/reelsReach",
];
const GROUP: &[&str] =
    &["/similarProfileGroupData/erHistogram", "/similarProfileGroupData/groupAvgLikesSpread"];
/// Members that nobody hides.
const OPEN: &[&str] = &["/name", "/metrics/followers", "/grades/erGrade", "/categories"];

/// An Instagram account with a value for every member of the masks, similar to itself and another.
async fn seed(app: &TestApp) -> i64 {
    let row = json!({
        "group_key": "g", "bin_start": ["0"], "bin_end": ["1"], "bin_height": ["1"],
        "group_avg_likes_spread": 1, "group_avg_likes": 1,
    });
    app.seed("group_metrics", &row).await;
    let columns = json!({
        "handle": "asha", "profile_id": "P1", "gcc_profile_id": "P1", "group_key": "g",
        "category_rank": {"Food": "1"}, "est_post_price": {"reel_posts": 1},
        "categories": ["Food"], "country_rank": 1, "story_reach": 2, "image_reach": 3,
        "reels_reach": 4, "likes_spread_percentage": 5, "er_grade": "Good",
        "likes_spread_grade": "Good", "audience_quality_grade": "Good",
        "audience_reachability_grade": "Good", "audience_authencity_grade": "Good",
        "email": "priya@example.com", "phone": "9876543210",
    });
    app.seed_instagram(&columns).await
}

#[track_caller]
fn shows(profile: &Value, shown: &[&[&str]], hidden: &[&[&str]]) {
    let has = |path: &str| profile.pointer(path).is_some_and(|value| !value.is_null());
    for path in shown.iter().flat_map(|paths| paths.iter()) {
        assert!(has(path), "{path} should be shown: {profile}");
    }
    for path in hidden.iter().flat_map(|paths| paths.iter()) {
        assert!(!has(path), "{path} should be hidden");
    }
}

async fn get(client: &Client, path: &str) -> Value {
    client.get(&format!("{BASE}/{path}")).await.success()["profiles"][0].clone()
}

async fn unlock(app: &TestApp, partner: i64, key: &str) {
    let row = json!({"partner_id": partner, "key": key});
    app.seed("partner_profile_page_track", &row).await;
}

#[actix_web::test]
async fn pages_hide_the_details_until_the_partner_unlocks_the_profile() {
    let app = TestApp::start().await;
    let id = seed(&app).await;
    let overview = format!("INSTAGRAM/{id}");
    let free = app.partner(10, Plan::Free).await;
    let lone = app.without_partner().await;
    let admin = app.partner(-1, Plan::Free).await;
    unlock(&app, 10, &format!("profile-INSTAGRAM-{id}")).await;
    for client in [&free, &lone] {
        let seen = get(client, &overview).await;
        shows(&seen, &[OPEN, &["/similarProfileGroupData/groupAvgLikes"]], &[M1, M2, GROUP]);
        assert_eq!(seen["locked"], false, "FREE cannot unlock");
        shows(&get(client, "P1").await, &[&["/name", "/grades/erGrade"]], &[M1]);
    }
    let seen = get(&admin, &overview).await;
    shows(&seen, &[OPEN, M1, M2, GROUP], &[]);
    assert_eq!(seen["locked"], false);
    shows(&get(&admin, "P1").await, &[M1], &[]);
    for (partner, plan) in [(20, Plan::Saas), (30, Plan::Paid)] {
        let client = app.partner(partner, plan).await;
        // Keys of the channel of the same id and of other partners do not count.
        unlock(&app, partner, &format!("profile-YOUTUBE-{id}")).await;
        let seen = get(&client, &overview).await;
        shows(&seen, &[OPEN], &[M1, M2, GROUP]);
        assert_eq!(seen["locked"], true);
        shows(&get(&client, "P1").await, &[&["/name"]], &[M1]);
        unlock(&app, partner, &format!("profile-INSTAGRAM-{id}")).await;
        let seen = get(&client, &overview).await;
        shows(&seen, &[OPEN, M1, M2, GROUP], &[]);
        assert_eq!(seen["locked"], false);
        shows(&get(&client, "P1").await, &[M1], &[]);
    }
}

#[actix_web::test]
async fn lists_hide_the_details_from_the_free_plan_only() {
    let app = TestApp::start().await;
    let id = seed(&app).await;
    let other = app.seed_instagram(&json!({"categories": ["Food"]})).await;
    let free = app.partner(10, Plan::Free).await;
    let lone = app.without_partner().await;
    let saas = app.partner(20, Plan::Saas).await;
    let paid = app.partner(30, Plan::Paid).await;
    let admin = app.partner(-1, Plan::Free).await;
    let similar = format!("{BASE}/INSTAGRAM/{other}/similar_accounts");
    for (client, in_full) in
        [(&free, false), (&lone, false), (&saas, true), (&paid, true), (&admin, true)]
    {
        let wanted = id.to_string();
        let found = client.list(&search("INSTAGRAM"), &[("EQ", "id", &wanted)]).await.success();
        let both = client.list(&search("ALL"), &[("EQ", "id", &wanted)]).await.success();
        let similar = client.list(&similar, &[]).await.success();
        let by_handle = get(client, "INSTAGRAM/byhandle/asha").await;
        for seen in
            [&found["profiles"][0], &both["profiles"][0], &similar["profiles"][0], &by_handle]
        {
            let (shown, hidden): (&[&[&str]], &[&[&str]]) =
                if in_full { (&[OPEN, M1, M2], &[]) } else { (&[OPEN], &[M1, M2]) };
            shows(seen, shown, hidden);
            assert_eq!(seen["locked"], false);
            let contacts = (seen["email"].as_str(), seen["phone"].as_str());
            if in_full {
                assert_eq!(contacts, (Some("priya@example.com"), Some("9876543210")));
            } else {
                assert_eq!(contacts, (Some("*****@example.com"), Some("+91 **********")));
            }
        }
    }
}

#[actix_web::test]
async fn contacts_are_hidden_on_every_page_of_the_free_plan() {
    let app = TestApp::start().await;
    let free = app.partner(10, Plan::Free).await;
    let saas = app.partner(20, Plan::Saas).await;
    for platform in PLATFORMS {
        for (number, (email, masked)) in
            [("priya@example.com", "*****@example.com"), ("a@b@c", "*****"), ("none", "****")]
                .into_iter()
                .enumerate()
        {
            let code = format!("{platform}{number}");
            let columns = json!({"profile_id": code, "email": email, "phone": "98"});
            let id = app.seed_on(platform, &columns).await;
            for path in [code, format!("{platform}/{id}")] {
                let seen = get(&free, &path).await;
                assert_eq!(
                    (&seen["email"], &seen["phone"]),
                    (&json!(masked), &json!("+91 **********"))
                );
                let seen = get(&saas, &path).await;
                assert_eq!((&seen["email"], &seen["phone"]), (&json!(email), &json!("98")));
            }
        }
    }
}

#[actix_web::test]
async fn linked_accounts_hide_their_reach_too() {
    let app = TestApp::start().await;
    seed(&app).await;
    let channel = json!({"channel_id": "UC1", "linked_instagram_handle": "asha"});
    let channel = app.seed_youtube(&channel).await;
    let reach = ["/linkedSocials/1/storyReach", "/linkedSocials/1/reelsReach"];
    let path = format!("YOUTUBE/{channel}");
    for (partner, plan, shown) in
        [(10, Plan::Free, false), (20, Plan::Saas, false), (-1, Plan::Free, true)]
    {
        let client = app.partner(partner, plan).await;
        let seen = get(&client, &path).await;
        let (shown, hidden): (&[&str], &[&str]) =
            if shown { (&reach, &[]) } else { (&["/linkedSocials/1/followers"], &reach) };
        shows(&seen, &[shown], &[hidden]);
    }
}

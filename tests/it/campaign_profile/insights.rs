//! Accounts as their creators see them.

use coffee::core::types::Plan;
use serde_json::json;

use super::{at, row, seed};
use crate::support::{Collector, TestApp};

#[actix_web::test]
async fn a_creators_token_is_told_to_the_collector_alone() {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    let columns = json!({"handle": "asha", "ig_id": "77", "followers_growth7d": -2.5});
    let account = app.seed_instagram(&columns).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let client = app.partner(10, Plan::Saas).await;
    let before = row(&app, "instagram_account", account).await;
    let path = "/profiles/INSTAGRAM/byhandle/asha/insights";
    let profile = json!({"handle": "asha", "profile_id": "77", "followers": 9});
    collector.answers(path, &json!({"status": {"type": "SUCCESS"}, "profile": profile}));
    let ask = at(format_args!("/{id}/INSTAGRAM/insights?token=s%2Fcret&userId=17"));
    let answer = client.get(&ask).await.success();
    let social = &answer["profiles"][0]["socialDetails"];
    assert_eq!((&social["followers"], &social["followersGrowth7d"]), (&json!(9), &json!(-2.5)));
    assert_eq!(row(&app, "instagram_account", account).await, before, "nothing is stored");
    let other = json!({"handle": "other", "profile_id": "8"});
    collector.answers(path, &json!({"status": {"type": "SUCCESS"}, "profile": other}));
    client.get(&ask).await.refused("500", "profile not found");
    collector.answers(path, &json!({"status": {"type": "ERROR", "message": "token expired"}}));
    client.get(&ask).await.refused("500", "error from beat: token expired");
    let missing = at(format_args!("/{id}/INSTAGRAM/insights?token=x"));
    client.get(&missing).await.refused("500", "token missing");
    let elsewhere = at(format_args!("/{id}/YOUTUBE/insights?token=x&userId=1"));
    client.get(&elsewhere).await.refused("500", "platform is not supported");
    let channel = app.seed_youtube(&json!({})).await;
    let channel = seed(&app, ("YOUTUBE", channel), &json!({})).await;
    let ask = at(format_args!("/{channel}/INSTAGRAM/audienceinsights?token=x&userId=1"));
    client.get(&ask).await.refused("500", "platform is not supported");
}

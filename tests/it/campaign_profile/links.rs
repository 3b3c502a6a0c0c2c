//! Accounts of one creator, linked in both directions.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{at, row};
use crate::support::{Client, TestApp};

async fn upsert(admin: &Client, handle: Option<&str>, channel: Option<&str>) {
    let named = [("INSTAGRAM", handle), ("YOUTUBE", channel)];
    let socials: Vec<Value> = named
        .into_iter()
        .filter_map(|(platform, name)| Some(json!({"platform": platform, "handle": name?})))
        .collect();
    admin.post(&at("/upsert"), &json!({ "socials": socials })).await.success();
}

async fn link(app: &TestApp, instagram: i64) -> Value {
    row(app, "instagram_account", instagram).await["gcc_linked_channel_id"].clone()
}

async fn back(app: &TestApp, channel: i64) -> (Value, Value) {
    let row = row(app, "youtube_account", channel).await;
    (row["gcc_profile_id"].clone(), row["gcc_linked_instagram_handle"].clone())
}

#[actix_web::test]
async fn what_an_upsert_does_not_name_is_unlinked() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let five = app.seed_instagram(&json!({"handle": "a5"})).await;
    let columns = json!({"handle": "a7", "gcc_linked_channel_id": "UC9"});
    let seven = app.seed_instagram(&columns).await;
    let columns = json!({"channel_id": "UC9", "gcc_profile_id": format!("IA_{seven}"),
        "gcc_linked_instagram_handle": "a7"});
    let nine = app.seed_youtube(&columns).await;
    upsert(&admin, Some("a5"), Some("UC9")).await;
    assert_eq!((link(&app, seven).await, link(&app, five).await), (json!(null), json!("UC9")));
    assert_eq!(back(&app, nine).await, (json!(format!("IA_{five}")), json!("a5")));
    upsert(&admin, Some("a5"), None).await;
    assert_eq!(link(&app, five).await, json!(null));
    assert_eq!(back(&app, nine).await, (json!(format!("YA_{nine}")), json!(null)));
    upsert(&admin, Some("a5"), Some("UC9")).await;
    upsert(&admin, None, Some("UC9")).await;
    assert_eq!(link(&app, five).await, json!(null));
    assert_eq!(back(&app, nine).await, (json!(format!("YA_{nine}")), json!(null)));
}

#[actix_web::test]
async fn links_that_are_made_at_once_are_never_one_sided() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let mut accounts = Vec::new();
    for number in 0..3 {
        let handle = format!("a{number}");
        accounts.push((handle.clone(), app.seed_instagram(&json!({"handle": handle})).await));
    }
    let mut channels = Vec::new();
    for name in ["UC1", "UC2"] {
        channels.push((name, app.seed_youtube(&json!({"channel_id": name})).await));
    }
    for _ in 0..3 {
        let pairs =
            accounts.iter().flat_map(|(handle, _)| channels.iter().map(move |to| (handle, to.0)));
        join_all(pairs.map(|(handle, name)| upsert(&admin, Some(handle), Some(name)))).await;
        for (name, channel) in &channels {
            let (code, handle) = back(&app, *channel).await;
            for (of, id) in &accounts {
                let is_linked = code == json!(format!("IA_{id}"));
                assert_eq!(is_linked, handle == json!(of), "{name} {of}");
                assert_eq!(is_linked, link(&app, *id).await == json!(name), "{name} {of}");
            }
        }
    }
}

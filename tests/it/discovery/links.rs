//! Which account of the other platform an answer links to.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, search};
use crate::support::{Client, TestApp};

/// Two Instagram accounts and two channels: `saas` are linked by the analytics, `gcc` by creators.
struct Linked {
    account: i64,
    channel: i64,
}

async fn seed(app: &TestApp) -> Linked {
    for (handle, channel) in [("saas", "UCsaas"), ("gcc", "UCgcc")] {
        app.seed_instagram(&json!({"handle": handle, "followers": 1})).await;
        app.seed_youtube(&json!({"channel_id": channel, "followers": 1})).await;
    }
    let account = json!({
        "handle": "own", "linked_channel_id": "UCsaas", "gcc_linked_channel_id": "UCgcc",
        "profile_id": "P1", "gcc_profile_id": "P1", "followers": 5000,
    });
    let channel = json!({
        "channel_id": "UCown", "linked_instagram_handle": "saas",
        "gcc_linked_instagram_handle": "gcc", "profile_id": "P2", "gcc_profile_id": "P2",
        "followers": 5000,
    });
    Linked {
        account: app.seed_instagram(&account).await,
        channel: app.seed_youtube(&channel).await,
    }
}

/// `handle source` of the entries of the first profile.
fn socials(answer: &Value) -> Vec<String> {
    let entries = answer["profiles"][0]["linkedSocials"].as_array().expect("linked socials");
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .map(|entry| format!("{} {}", text(entry, "handle"), text(entry, "source")))
        .collect()
}

async fn get(client: &Client, path: &str) -> Vec<String> {
    socials(&client.get(&format!("{BASE}/{path}")).await.success())
}

async fn post(client: &Client, path: &str) -> Vec<String> {
    socials(&client.list(path, &[("GTE", "followers", "5000")]).await.success())
}

#[actix_web::test]
async fn the_source_chooses_the_kind_of_link() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let Linked { account, channel } = seed(&app).await;
    for source in ["", "?source=SAAS", "?source=gcc", "?source=other"] {
        for path in [format!("P1{source}"), format!("INSTAGRAM/{account}{source}")] {
            assert_eq!(get(&client, &path).await, ["own SAAS", "UCsaas SAAS"], "{path}");
        }
        for path in [format!("P2{source}"), format!("YOUTUBE/{channel}{source}")] {
            assert_eq!(get(&client, &path).await, ["UCown SAAS", "saas SAAS"], "{path}");
        }
        let found = post(&client, &format!("{}{source}", search("INSTAGRAM"))).await;
        assert_eq!(found, ["own SAAS", "UCsaas SAAS"]);
        let found = post(&client, &format!("{}{source}", search("YOUTUBE"))).await;
        assert_eq!(found, ["UCown SAAS", "saas SAAS"]);
    }
    for path in ["P1?source=GCC".to_owned(), format!("INSTAGRAM/{account}?source=GCC")] {
        assert_eq!(get(&client, &path).await, ["own GCC", "UCgcc GCC"], "{path}");
    }
    for path in ["P2?source=GCC".to_owned(), format!("YOUTUBE/{channel}?source=GCC")] {
        assert_eq!(get(&client, &path).await, ["UCown GCC", "gcc GCC"], "{path}");
    }
    let found = post(&client, &format!("{}?source=GCC", search("YOUTUBE"))).await;
    assert_eq!(found, ["UCown GCC", "gcc GCC"]);
    let found = post(&client, &format!("{}?source=GCC", search("INSTAGRAM"))).await;
    assert_eq!(found, ["own GCC", "UCgcc GCC"]);
}

#[actix_web::test]
async fn only_a_channels_identity_falls_back_to_the_other_link() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let Linked { account, channel } = seed(&app).await;
    for empty in ["NULL", "''"] {
        for (table, column) in [
            ("instagram_account", "gcc_linked_channel_id"),
            ("youtube_account", "gcc_linked_instagram_handle"),
        ] {
            app.execute(&format!("UPDATE {table} SET {column} = {empty}")).await;
        }
        assert_eq!(get(&client, "P1?source=GCC").await, ["own GCC"]);
        assert_eq!(get(&client, "P2?source=GCC").await, ["UCown GCC", "saas SAAS"]);
        assert_eq!(get(&client, &format!("INSTAGRAM/{account}?source=GCC")).await, ["own GCC"]);
        assert_eq!(get(&client, &format!("YOUTUBE/{channel}?source=GCC")).await, ["UCown GCC"]);
        let found = post(&client, &format!("{}?source=GCC", search("YOUTUBE"))).await;
        assert_eq!(found, ["UCown GCC"]);
    }
}

#[actix_web::test]
async fn handles_always_show_the_link_of_the_analytics() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app).await;
    let by_handle = async |path: &str| get(&client, path).await;
    assert_eq!(by_handle("INSTAGRAM/byhandle/own").await, ["own SAAS", "UCsaas SAAS"]);
    let gcc = by_handle("INSTAGRAM/byhandle/own?source=GCC").await;
    assert_eq!(gcc, ["own GCC", "UCsaas SAAS"]);
    let gcc = by_handle("YOUTUBE/byhandle/UCown?source=GCC").await;
    assert_eq!(gcc, ["UCown GCC", "saas SAAS"]);
}

#[actix_web::test]
async fn deleted_and_disabled_accounts_are_linked_nowhere() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app).await;
    app.execute("UPDATE youtube_account SET deleted = true WHERE channel_id = 'UCsaas'").await;
    app.execute("UPDATE instagram_account SET enabled = false WHERE handle = 'saas'").await;
    assert_eq!(get(&client, "P1").await, ["own SAAS"]);
    assert_eq!(get(&client, "P2").await, ["UCown SAAS"]);
}

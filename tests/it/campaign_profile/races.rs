//! One person whom several change at once, and links that lead in a circle.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{at, count, row, seed};
use crate::support::{Client, Collector, TestApp};

fn collected(profile: &Value) -> Value {
    json!({"status": {"type": "SUCCESS"}, "profile": profile})
}

fn socials(handle: &str, channel: &str) -> Value {
    json!([
        {"platform": "INSTAGRAM", "handle": handle},
        {"platform": "YOUTUBE", "handle": channel},
    ])
}

async fn link(admin: &Client, handle: &str, channel: &str) {
    let body = json!({ "socials": socials(handle, channel) });
    admin.post(&at("/upsert"), &body).await.success();
}

/// Every link: account and channel, as the one and as the other has it.
async fn links(app: &TestApp) -> (Value, Value) {
    let of = async |sql: &str| {
        let sql = format!(
            "SELECT coalesce(json_agg(json_build_array(a, b) ORDER BY a), '[]') FROM ({sql}) l"
        );
        serde_json::from_str(&app.value(&sql).await.expect("a list")).expect("JSON")
    };
    let forth = of("SELECT handle AS a, gcc_linked_channel_id AS b FROM instagram_account \
                    WHERE gcc_linked_channel_id IS NOT NULL")
    .await;
    let back = of("SELECT i.handle AS a, y.channel_id AS b FROM youtube_account y \
                   JOIN instagram_account i ON i.gcc_profile_id = y.gcc_profile_id \
                   AND i.handle = y.gcc_linked_instagram_handle")
    .await;
    (forth, back)
}

#[actix_web::test]
async fn an_unknown_person_is_fetched_and_stored_once() {
    let collector = Collector::start().await;
    let account = json!({"handle": "asha", "profile_id": "77", "full_name": "Asha R"});
    let channel = json!({"channel_id": "UCasha", "title": "Asha Cooks", "subscribers": 9});
    collector.answers("/profiles/instagram/byhandle/asha", &collected(&account));
    collector.answers("/profiles/youtube/byhandle/UCasha", &collected(&channel));
    let app = TestApp::start_with(&collector.section()).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let upsert = async |name: &str| {
        let body = json!({"socials": socials("Asha", "UCasha"), "adminDetails": {"name": name}});
        admin.post(&at("/upsert"), &body).await.success()
    };
    let answers = join_all(["one", "two", "three", "four"].map(upsert)).await;
    let ids = |answer: &Value| [0, 1].map(|nth| answer["profiles"][nth]["id"].clone());
    assert!(answers.iter().all(|answer| ids(answer) == ids(&answers[0])), "{answers:?}");
    assert_eq!(collector.received().len(), 2);
    for (table, rows) in
        [("instagram_account", "1"), ("youtube_account", "1"), ("campaign_profiles", "2")]
    {
        assert_eq!(count(&app, table).await, rows, "{table}");
    }
    let both = json!([["asha", "UCasha"]]);
    assert_eq!(links(&app).await, (both.clone(), both));
    let names = "SELECT count(DISTINCT admin_details ->> 'name')::text FROM campaign_profiles";
    assert_eq!(app.value(names).await.as_deref(), Some("1"));
}

#[actix_web::test]
async fn a_key_has_a_person_upserted_once() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({"handle": "asha"})).await;
    let code = format!("/upsert/IA_{account}");
    for (path, name) in [("/upsert", "one"), (code.as_str(), "two")] {
        let body = json!({"socials": [{"platform": "INSTAGRAM", "handle": "asha"}],
            "adminDetails": {"name": name}});
        let ask = async |_| {
            let request = admin.request(reqwest::Method::POST, &at(path)).json(&body);
            let request = request.header("idempotency-key", name);
            crate::support::send(request).await.success()
        };
        let answers = join_all([1, 2, 3].map(ask)).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let undone = "UPDATE campaign_profiles SET admin_details = admin_details - 'name'";
        app.execute(undone).await;
        assert_eq!(ask(4).await, answers[0]);
        let names = "SELECT count(admin_details ->> 'name')::text FROM campaign_profiles";
        assert_eq!(app.value(names).await.as_deref(), Some("0"), "nothing is done again");
    }
}

#[actix_web::test]
async fn nobody_overwrites_what_others_change_meanwhile() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({"handle": "asha"})).await;
    app.seed_youtube(&json!({"channel_id": "UCasha"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let members = [
        ("name", "Asha Rao"),
        ("email", "asha@x.in"),
        ("phone", "98"),
        ("bio", "cook"),
        ("gender", "F"),
        ("dob", "1990-01-02"),
        ("countryCode", "91"),
        ("city", "Pune"),
    ];
    let change = async |(number, (key, value)): (usize, (&str, &str))| {
        let mut body = json!({"adminDetails": {key: value}});
        let mut path = at(format_args!("/{id}/update"));
        if number % 2 == 0 {
            body["socials"] = socials("asha", "UCasha");
            path = at("/upsert");
        }
        admin.post(&path, &body).await.success();
    };
    join_all(members.into_iter().enumerate().map(change)).await;
    let stored = row(&app, "campaign_profiles", id).await;
    for (key, value) in members {
        assert_eq!(stored["admin_details"][key], value, "{key}");
    }
    assert_eq!((&stored["phone"], &stored["dob"]), (&json!(["98"]), &json!("1990-01-02")));
    let account = row(&app, "instagram_account", account).await;
    let keywords = json!(["asha", "rao", "asha@x.in", "98", "somebody"]);
    assert_eq!(account["keywords_admin"], keywords, "those of the last change");
}

#[actix_web::test]
async fn links_in_a_circle_end_as_the_last_pair() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let mut profiles = Vec::new();
    for name in ["a1", "a2", "a3"] {
        let account = app.seed_instagram(&json!({"handle": name})).await;
        profiles.push(seed(&app, ("INSTAGRAM", account), &json!({})).await);
        app.seed_youtube(&json!({"channel_id": format!("U{name}")})).await;
    }
    for (handle, channel) in
        [("a1", "Ua1"), ("a2", "Ua1"), ("a2", "Ua2"), ("a3", "Ua2"), ("a3", "Ua1"), ("a1", "Ua1")]
    {
        link(&admin, handle, channel).await;
        let (forth, back) = links(&app).await;
        assert_eq!(forth, back, "{handle} {channel}");
        let pair = json!([handle, channel]);
        assert!(forth.as_array().is_some_and(|all| all.contains(&pair)), "{forth}");
    }
    assert_eq!(links(&app).await.0, json!([["a1", "Ua1"]]));
    let itself = [
        json!([{"id": profiles[0]}, {"id": profiles[0]}]),
        json!([{"id": profiles[0]}, {"platform": "INSTAGRAM", "handle": "A1"}]),
        json!([{"id": profiles[0]}, {"id": profiles[1]}]),
    ];
    for socials in itself {
        let refused = admin.post(&at("/upsert"), &json!({ "socials": socials })).await;
        refused.refused("500", "cannot link multiple instagram profiles");
    }
    assert_eq!(links(&app).await.0, json!([["a1", "Ua1"]]));
}

#[actix_web::test]
async fn accounts_without_a_code_have_no_links_in_common() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let columns = json!({"gcc_profile_id": "", "gcc_linked_channel_id": "UCx"});
    let stranger = app.seed_instagram(&columns).await;
    let columns = json!({"gcc_profile_id": "", "gcc_linked_instagram_handle": "x"});
    let channel = app.seed_youtube(&columns).await;
    app.seed_instagram(&json!({"handle": "asha", "gcc_profile_id": ""})).await;
    app.seed_youtube(&json!({"channel_id": "UCasha", "gcc_profile_id": ""})).await;
    let others = async || {
        (
            row(&app, "instagram_account", stranger).await,
            row(&app, "youtube_account", channel).await,
        )
    };
    let before = others().await;
    link(&admin, "asha", "UCasha").await;
    let lone = json!({"socials": [{"platform": "YOUTUBE", "handle": "UCasha"}]});
    admin.post(&at("/upsert"), &lone).await.success();
    assert_eq!(others().await, before);
}

//! Who may see what of whose collections.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{ANALYTICS, ask, seed_measured, seed_posts};
use crate::support::{Client, TestApp};

const ROUTES: [&str; 3] = ["summary", "profiles", "posts"];

async fn of_profiles(client: &Client, selector: (&str, &str)) -> crate::support::Answer {
    let filters = [("EQ", "collectionType", "PROFILE"), ("EQ", selector.0, selector.1)];
    client.list(&format!("{ANALYTICS}/summary"), &filters).await
}

#[actix_web::test]
async fn an_id_is_its_owners_and_a_share_id_anybodys() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let (admin, anybody) = (app.partner(-1, Plan::Saas).await, app.without_partner().await);
    seed_posts(&app, 10, "u1", json!({})).await;
    seed_measured(&app, "u1", "a", json!({"reach": 4711})).await;
    for route in ROUTES {
        for client in [&owner, &admin] {
            let seen = ask(client, route, ("collectionId", "u1")).await;
            seen.success();
            assert!(seen.text.contains("4711"), "{route}");
        }
        for (client, id) in
            [(&stranger, "u1"), (&stranger, "none"), (&owner, "none"), (&owner, "0")]
        {
            ask(client, route, ("collectionId", id)).await.refused("ERROR", "invalid collection");
        }
        let text = "you are not authorized to access this collection";
        ask(&anybody, route, ("collectionId", "u1")).await.refused("ERROR", text);
        for client in [&stranger, &anybody] {
            let shared = ask(client, route, ("shareId", "share-u1")).await;
            shared.success();
            assert!(shared.text.contains("4711"), "{route}");
        }
        ask(&owner, route, ("shareId", "other")).await.refused("ERROR", "record not found");
        let group = "you are not authorized to access this collection group";
        ask(&anybody, route, ("collectionGroupId", "1")).await.refused("ERROR", group);
        for id in ["1", "x"] {
            let refused = ask(&owner, route, ("collectionGroupId", id)).await;
            refused.refused("ERROR", "invalid collection");
        }
        let shared = ask(&owner, route, ("collectionGroupShareId", "x")).await;
        shared.refused("ERROR", "record not found");
    }
    app.execute("UPDATE post_collection SET enabled = false").await;
    ask(&owner, "summary", ("collectionId", "u1")).await.refused("ERROR", "invalid collection");
    ask(&anybody, "summary", ("shareId", "share-u1")).await.refused("ERROR", "record not found");
}

#[actix_web::test]
async fn a_featured_collection_of_profiles_is_everybodys() {
    let app = TestApp::start().await;
    let (stranger, anybody) = (app.partner(20, Plan::Saas).await, app.without_partner().await);
    let featured =
        app.seed_collection(10, "featured", &json!({"featured": true})).await.to_string();
    let own = app.seed_collection(10, "own", &json!({})).await.to_string();
    for client in [&stranger, &anybody] {
        let seen = of_profiles(client, ("collectionId", &featured)).await.success();
        assert_eq!(seen["data"]["collectionId"], json!(featured));
    }
    of_profiles(&stranger, ("collectionId", &own)).await.refused("ERROR", "invalid collection");
    let text = "you are not authorized to access this collection";
    of_profiles(&anybody, ("collectionId", &own)).await.refused("ERROR", text);
    of_profiles(&anybody, ("shareId", "own")).await.success();
    app.execute("UPDATE profile_collection SET share_enabled = false").await;
    let off = "this collection can not be shared with anyone";
    of_profiles(&anybody, ("shareId", "own")).await.refused("ERROR", off);
    // The id of a post collection says nothing of profiles.
    seed_posts(&app, 20, "u1", json!({})).await;
    of_profiles(&stranger, ("collectionId", "u1")).await.refused("ERROR", "invalid collection");
}

#[actix_web::test]
async fn words_of_a_group_are_added_up() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let anybody = app.without_partner().await;
    seed_posts(&app, 10, "u1", json!({})).await;
    seed_posts(&app, 10, "u2", json!({})).await;
    for (collection, name, count) in
        [("u1", "#b", 2), ("u2", "#b", 3), ("u2", "#a", 5), ("u2", "#c", 9)]
    {
        let row = json!({
            "collection_id": collection, "collection_type": "POST", "hashtag_name": name,
            "collection_share_id": format!("share-{collection}"), "tagged_count": count,
        });
        app.seed("collection_hashtag", &row).await;
    }
    let group = json!({
        "share_id": "group", "partner_id": 10, "name": "G", "source": "SAAS", "source_id": "g",
        "collection_ids": ["u2", "u1"], "created_by": "1",
    });
    let group = app.seed("collection_group", &group).await["id"].to_string();
    let list = async |client: &Client, path: &str| {
        client.get(&format!("{ANALYTICS}/{path}/POST/hashtags")).await.success()["list"].clone()
    };
    let both = json!([
        {"hashtagName": "#c", "taggedCount": 9},
        {"hashtagName": "#a", "taggedCount": 5},
        {"hashtagName": "#b", "taggedCount": 5},
    ]);
    assert_eq!(list(&client, &format!("group/{group}")).await, both);
    assert_eq!(list(&anybody, "group/byShareId/group").await, both);
    let first = json!([{"hashtagName": "#b", "taggedCount": 2}]);
    assert_eq!(list(&client, "u1").await, first);
    assert_eq!(list(&anybody, "byshareid/share-u1").await, first);
    let keywords = client.get(&format!("{ANALYTICS}/u1/POST/keywords")).await.success();
    assert_eq!(keywords["list"], json!([]));
    let refused = client.get(&format!("{ANALYTICS}/u1/STORY/hashtags")).await;
    refused.refused("ERROR", "invalid collection type");
}

/// A tracker of two accounts, of which one is hidden, with a post of each.
async fn seed_tracker(app: &TestApp, columns: &Value) -> String {
    let id = app.seed_collection(10, "tracker", columns).await;
    let mut rows = Vec::new();
    for (key, hidden, views) in [("shown", false, 5), ("hidden", true, 4711)] {
        let account = app.seed_instagram(&json!({"handle": key, "ig_id": key})).await;
        app.seed_item((10, id), ("INSTAGRAM", account), &json!({"hidden": hidden})).await;
        let measured = json!({
            "collection_type": "PROFILE", "profile_handle": key, "profile_social_id": key, "reach": views,
            "views": views,
        });
        seed_measured(app, &id.to_string(), key, measured).await;
        for table in ["collection_hashtag", "collection_keyword"] {
            let name = table.replacen("collection_", "", 1) + "_name";
            let row = json!({"collection_id": id.to_string(), "collection_type": "PROFILE",
                             "collection_share_id": "tracker", name: key, "tagged_count": 1});
            app.seed(table, &row).await;
        }
        rows.push(json!({
            "platform": "INSTAGRAM", "post_short_code": key, "collection_type": "PROFILE",
            "collection_id": id.to_string(), "hashtags": [key], "keywords": [key, "What"],
            "profile_handle": key, "profile_social_id": key, "published_at": "2024-05-01 00:00:00",
            "stats_date": chrono::Utc::now().date_naive(), "views": views, "reach": views,
        }));
        rows.push(rows[rows.len() - 1].clone());
    }
    app.seed_clickhouse("mart_collection_post_ts", &rows).await;
    id.to_string()
}

#[actix_web::test]
async fn whoever_reads_a_shared_tracker_sees_nothing_of_hidden_accounts() {
    let app = TestApp::start_with_clickhouse().await;
    let (owner, stranger) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let id = seed_tracker(&app, &json!({})).await;
    let group = json!({"collectionIds": [id], "name": "G", "source": "SAAS", "sourceId": "g"});
    let group = owner.post("/collection-group-service/api/group", &group).await.success();
    let group = group["groups"][0]["shareId"].as_str().expect("a share id").to_owned();
    let routes = ["summary", "profiles", "posts", "timeseries"];
    let sees = async |client: &Client, selector: (&str, &str), hidden: bool| {
        let filters = [("EQ", "collectionType", "PROFILE"), ("EQ", selector.0, selector.1)];
        for route in routes {
            let seen = client.list(&format!("{ANALYTICS}/{route}"), &filters).await;
            seen.success();
            assert_eq!(seen.text.contains("471"), hidden, "{route} {selector:?}: {}", seen.text);
        }
        let path = match selector.0 {
            "collectionId" => selector.1.to_owned(),
            "shareId" => format!("byshareid/{}", selector.1),
            _ => format!("group/byshareid/{}", selector.1),
        };
        for (list, name) in [("hashtags", "hashtagName"), ("keywords", "keywordName")] {
            let found = client.get(&format!("{ANALYTICS}/{path}/PROFILE/{list}")).await.success();
            let names = found["list"].as_array().expect("a list").iter();
            let names: Vec<_> = names.map(|one| one[name].as_str().expect("a name")).collect();
            let expected = if hidden { vec!["hidden", "shown"] } else { vec!["shown"] };
            assert_eq!(names, expected, "{list} {selector:?}");
        }
    };
    sees(&owner, ("collectionId", &id), true).await;
    sees(&stranger, ("shareId", "tracker"), false).await;
    sees(&stranger, ("collectionGroupShareId", &group), false).await;
    app.execute("UPDATE profile_collection SET featured = true").await;
    sees(&stranger, ("collectionId", &id), false).await;
    sees(&owner, ("collectionId", &id), true).await;
}

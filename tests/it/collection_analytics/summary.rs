//! What collections have come to.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{ANALYTICS, ask, seed_measured, seed_post, seed_posts};
use crate::support::TestApp;

/// The summary of worked numbers: two posts of one profile.
async fn seed_example(app: &TestApp, id: &str) {
    seed_posts(app, 10, id, json!({"budget": 1000})).await;
    let first = json!({
        "followers": 1000, "views": 200, "likes": 30, "comments": 10, "reach": 400, "impressions": 500,
        "link_clicks": 8,
    });
    seed_measured(app, id, "a", first).await;
    let second = json!({
        "followers": 1100, "views": 300, "likes": 20, "reach": 100, "impressions": 100, "link_clicks": 2,
        "post_type": "image",
    });
    seed_measured(app, id, "b", second).await;
}

#[actix_web::test]
async fn a_summary_adds_up_and_divides() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed_example(&app, "u1").await;
    let answer = ask(&client, "summary", ("collectionId", "u1")).await.success();
    let mut data = answer["data"].clone();
    assert!(data["refreshedAt"].is_string(), "{data}");
    data.as_object_mut().expect("an object").remove("refreshedAt");
    let expected = json!({
        "collectionId": "u1", "collectionType": "POST", "totalFollowers": 1100, "totalProfiles": 1,
        "totalPosts": 2, "views": 500, "likes": 50, "comments": 10, "impressions": 600, "reach": 500,
        "linkClicks": 10, "totalEngagement": 60, "budget": 1000, "engagementRate": "12.00",
        "reachPerc": "45.45", "viewsPerc": "45.45", "impressionsPerc": "54.55",
        "clickThroughRate": "2.00", "costPerReach": "2.00", "clickPerEngagement": "0.17",
        "costPerEngagement": "16.67", "costPer1KImpressions": "1666.67", "costPerView": "2.00",
        "costPerClick": "100.00", "postWiseCounts": {"images": 1, "reels": 1},
        "metadata": {"comments": ""},
    });
    assert_eq!(data, expected);
    assert_eq!(answer["status"]["filteredCount"], 1);
}

#[actix_web::test]
async fn posts_without_numbers_are_noticed() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (id, minutes) in [("young", 30), ("old", 180)] {
        seed_posts(&app, 10, id, json!({})).await;
        for code in ["a", "b", "c", "d", "e"] {
            seed_post(&app, id, code, if code == "e" { minutes } else { 500 }).await;
        }
        for code in ["a", "b", "c"] {
            seed_measured(&app, id, code, json!({})).await;
        }
    }
    let notice = async |id: &str| {
        let data = ask(&client, "summary", ("collectionId", id)).await.success()["data"].clone();
        (data["noticeType"].clone(), data["notice"].clone())
    };
    let said = |kind: &str, text: &str| (Value::from(kind), Value::from(text));
    assert_eq!(notice("young").await, said("IN_PROGRESS", "2 posts are Pending...."));
    assert_eq!(notice("old").await, said("ERROR", "Could not update data for posts added"));
    seed_measured(&app, "young", "d", json!({})).await;
    assert_eq!(notice("young").await, said("IN_PROGRESS", "1 post is Pending...."));
    // With a filter it is the same; what no report shows is not missed.
    let filters = [
        ("EQ", "collectionType", "POST"),
        ("EQ", "collectionId", "young"),
        ("EQ", "postType", "image"),
    ];
    let filtered = client.list(&format!("{ANALYTICS}/summary"), &filters).await.success();
    assert_eq!(filtered["data"]["notice"], "1 post is Pending....");
    app.execute("UPDATE post_collection_item SET show_in_report = false WHERE short_code = 'e'")
        .await;
    assert_eq!(notice("young").await, (Value::Null, Value::Null));
}

#[actix_web::test]
async fn a_group_is_measured_as_one() {
    let app = TestApp::start().await;
    let (client, stranger) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let anybody = app.without_partner().await;
    seed_posts(&app, 10, "u1", json!({"budget": 100})).await;
    seed_posts(&app, 10, "u2", json!({"budget": 50})).await;
    seed_posts(&app, 20, "u9", json!({"budget": 9})).await;
    seed_measured(&app, "u1", "a", json!({"reach": 10})).await;
    seed_measured(&app, "u2", "b", json!({"reach": 20})).await;
    let groups = "/collection-group-service/api/group";
    let group =
        json!({"source": "SAAS", "sourceId": "g", "name": "G", "collectionIds": ["u1", "u2"]});
    let group = client.post(groups, &group).await.success()["groups"][0].clone();
    let (id, share_id) = (group["id"].to_string(), group["shareId"].as_str().expect("one"));
    let own = ask(&client, "summary", ("collectionGroupId", &id)).await.success();
    assert_eq!((&own["data"]["budget"], &own["data"]["reach"]), (&json!(150), &json!(30)));
    assert_eq!(own["data"]["collectionId"], "u1");
    let change = json!({"collectionIds": ["u1", "u2", "u9"]});
    let refused = client.put(&format!("{groups}/{id}"), &change).await;
    refused.refused("ERROR", "invalid collection - u9");
    ask(&stranger, "summary", ("collectionGroupId", &id))
        .await
        .refused("ERROR", "invalid collection");
    let shared = ask(&anybody, "summary", ("collectionGroupShareId", share_id)).await.success();
    assert_eq!(shared["data"], own["data"]);
    // A member that was removed no longer counts.
    app.execute("UPDATE post_collection SET enabled = false WHERE id = 'u1'").await;
    let left = ask(&client, "summary", ("collectionGroupId", &id)).await.success();
    assert_eq!(
        (&left["data"]["budget"], &left["data"]["collectionId"]),
        (&json!(50), &json!("u2"))
    );
}

#[actix_web::test]
async fn a_summary_costs_the_same_whatever_its_size() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (id, posts) in [("small", 1), ("large", 60)] {
        seed_posts(&app, 10, id, json!({})).await;
        for post in 0..posts {
            seed_measured(
                &app,
                id,
                &format!("p{post}"),
                json!({"profile_handle": format!("h{post}")}),
            )
            .await;
        }
    }
    let cost = async |route: &str, id: &str| {
        let before = app.metric("coffee_postgres_statements_total").await;
        ask(&client, route, ("collectionId", id)).await.success();
        app.metric("coffee_postgres_statements_total").await - before
    };
    cost("summary", "small").await; // the caller is known from here on
    for (route, statements) in [("summary", 3.0), ("profiles?size=99", 2.0), ("posts?size=99", 2.0)]
    {
        assert_eq!(cost(route, "small").await, statements, "{route}");
        assert_eq!(cost(route, "large").await, statements, "{route}");
    }
}

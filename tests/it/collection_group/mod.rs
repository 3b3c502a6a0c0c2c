//! Collection groups: the plain module on the generic core.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, send};

const GROUP: &str = "/collection-group-service/api/group";

fn group(source_id: &str) -> Value {
    json!({"source": "SAAS", "sourceId": source_id, "name": "Launch"})
}

async fn seed_collections(app: &TestApp, partner: i64) -> (String, String) {
    let post = format!("post-{partner}");
    let row = json!({
        "id": post, "share_id": format!("p{partner}"), "partner_id": partner, "name": "n",
        "source": "SAAS", "source_id": post, "created_by": "1",
    });
    app.seed("post_collection", &row).await;
    let row = json!({
        "share_id": format!("c{partner}"), "partner_id": partner, "name": "n", "source": "SAAS",
        "source_id": post, "created_by": "1",
    });
    let profile = app.seed("profile_collection", &row).await["id"].to_string();
    (post, profile)
}

#[actix_web::test]
async fn a_group_is_created_read_and_changed() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (post, profile) = seed_collections(&app, 10).await;
    let mut new = group("g1");
    new["collectionIds"] = json!([post, profile]);
    let expected = json!({"expectedMetricValues": {"likes": null, "reach": 2.5}, "comments": "c"});
    new["metadata"] = expected.clone();
    new["partnerId"] = json!(99);
    let created = client.post(GROUP, &new).await.success();
    assert_eq!(created["status"]["message"], "Record Created Successfully");
    assert_eq!(created["status"]["filteredCount"], 1);
    let entry = &created["groups"][0];
    assert_eq!(entry["partnerId"], 10);
    assert_eq!(entry["createdBy"], "101");
    assert_eq!(entry["collectionIds"], json!([post, profile]));
    assert_eq!(entry["metadata"], expected);
    assert_eq!(entry["shareId"].as_str().map(str::len), Some(7));

    let path = format!("{GROUP}/{}", entry["id"]);
    let metadata = json!({"expectedMetricValues": {"reach": 5.0}, "comments": "ok"});
    let change = json!({"name": "Relaunch", "source": "OTHER", "metadata": metadata});
    let changed = client.put(&path, &change).await.success();
    assert_eq!(changed["groups"], json!([]));
    let read = client.get(&path).await.success();
    assert_eq!(read["groups"][0]["name"], "Relaunch");
    assert_eq!(read["groups"][0]["source"], "SAAS");
    assert_eq!(read["groups"][0]["metadata"], metadata);
    assert_eq!(read["groups"][0]["collectionIds"], json!([post, profile]));
}

#[actix_web::test]
async fn paths_work_with_and_without_trailing_slash() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let created = client.post(&format!("{GROUP}/"), &group("g1")).await.success();
    let path = format!("{GROUP}/{}", created["groups"][0]["id"]);
    client.get(&path).await.success();
    client.get(&format!("{path}/")).await.success();
}

#[actix_web::test]
async fn a_second_group_of_one_source_is_the_first_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let first = client.post(GROUP, &group("g1")).await.success();
    let again = json!({"source": "SAAS", "sourceId": "g1", "name": "Other name"});
    let second = client.post(GROUP, &again).await.success();
    assert_eq!(first["groups"], second["groups"]);
    let refused = |answer: crate::support::Answer| {
        assert_eq!(answer.status(), ("ERROR".into(), "collection already exists".into()));
        assert_eq!(answer.json().get("groups"), None);
    };
    let other = app.partner(20, Plan::Saas).await.post(GROUP, &group("g1")).await.success();
    assert_ne!(first["groups"][0]["id"], other["groups"][0]["id"], "each partner has its own");
    let path = format!("{GROUP}/{}", first["groups"][0]["id"]);
    client.put(&path, &json!({"enabled": false})).await.success();
    refused(client.post(GROUP, &group("g1")).await);
    assert_eq!(app.value("SELECT count(*) FROM collection_group").await.as_deref(), Some("2"));
}

#[actix_web::test]
async fn foreign_collections_cannot_be_grouped() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (post, _) = seed_collections(&app, 20).await;
    let mut new = group("g1");
    new["collectionIds"] = json!([post]);
    let refused = client.post(GROUP, &new).await;
    assert_eq!(refused.status(), ("ERROR".into(), format!("invalid collection - {post}")));
    let id = client.post(GROUP, &group("g1")).await.success()["groups"][0]["id"].clone();
    let change = client.put(&format!("{GROUP}/{id}"), &json!({"collectionIds": ["77"]})).await;
    assert_eq!(change.status(), ("ERROR".into(), "invalid collection - 77".into()));
}

#[actix_web::test]
async fn a_stranger_sees_of_a_shared_group_what_everybody_may_know() {
    let app = TestApp::start().await;
    let owner = app.partner(10, Plan::Saas).await;
    let (post, _) = seed_collections(&app, 10).await;
    let mut new = group("g1");
    new["objective"] = json!("REACH");
    new["collectionIds"] = json!([post]);
    new["metadata"] = json!({"expectedMetricValues": {"cost": 5000.0}, "comments": "our budget",
        "disabledMetrics": ["saves"]});
    let created = owner.post(GROUP, &new).await.success();
    let share = created["groups"][0]["shareId"].as_str().expect("a share id").to_owned();
    let path = format!("{GROUP}/byshareid/{share}");
    let stranger = app.partner(20, Plan::Free).await;
    let seen = stranger.get(&path).await.success();
    let expected = json!({
        "id": created["groups"][0]["id"], "name": "Launch", "objective": "REACH", "enabled": true,
        "shareId": share, "collectionIds": [post], "metadata": {"disabledMetrics": ["saves"]},
    });
    assert_eq!(seen["groups"], json!([expected]));
    for spelling in ["byShareId", "BYSHAREID"] {
        let same = stranger.get(&format!("{GROUP}/{spelling}/{share}/")).await;
        assert_eq!(same.success(), seen, "{spelling}");
    }
    for client in [owner.clone(), app.partner(-1, Plan::Free).await] {
        let mut whole = created["groups"][0].clone();
        whole.as_object_mut().expect("an object").remove("createdBy");
        assert_eq!(client.get(&path).await.success()["groups"], json!([whole]));
    }
    let unknown = owner.get(&format!("{GROUP}/byshareid/nothere")).await;
    assert_eq!(unknown.status(), ("ERROR".into(), "record not found".into()));
    let id = &created["groups"][0]["id"];
    owner.put(&format!("{GROUP}/{id}"), &json!({"enabled": false})).await.success();
    assert_eq!(owner.get(&path).await.status().1, "record not found");
}

#[actix_web::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let missing = "Bad Request. Missing parameter source/name/sourceId in input";
    for body in [json!({}), json!({"source": "SAAS", "name": "n"}), json!({"name": ""})] {
        assert_eq!(client.post(GROUP, &body).await.status(), ("ERROR".into(), missing.into()));
    }
    let long = json!({"source": "SAAS", "sourceId": "g", "name": "n".repeat(256)});
    assert_eq!(client.post(GROUP, &long).await.status().1, "invalid Request");
    for text in ["", "null"] {
        let answer = send(client.request(Method::POST, GROUP).body(text)).await;
        assert_eq!(answer.status(), ("ERROR".into(), "domain is null".into()), "{text:?}");
    }
    for text in ["[]", r#"["n"]"#, "7", r#"{"metadata":[]}"#] {
        let answer = send(client.request(Method::POST, GROUP).body(text)).await;
        assert_eq!(answer.status().0, "ERROR", "{text:?}");
        assert_ne!(answer.status().1, missing, "{text:?}");
    }
    let group = |more: Value| {
        let mut group = json!({"source": "SAAS", "sourceId": "g", "name": "n"});
        group.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("one"));
        group
    };
    let metrics: Value = (0..101).map(|n| (format!("m{n}"), json!(1))).collect();
    for more in [
        json!({"collectionIds": vec!["1"; 1001]}),
        json!({"collectionIds": ["1".repeat(256)]}),
        json!({"metadata": {"comments": "c".repeat(10_001)}}),
        json!({"metadata": {"disabledMetrics": vec!["m"; 101]}}),
        json!({"metadata": {"disabledMetrics": ["m".repeat(256)]}}),
        json!({"metadata": {"expectedMetricValues": metrics}}),
    ] {
        let answer = client.post(GROUP, &group(more)).await;
        assert_eq!(answer.status().1, "invalid Request");
    }
    let broken = send(client.request(Method::POST, GROUP).body("{\"name\":")).await;
    assert_eq!(broken.status().0, "ERROR");
    for id in ["0", "-1", "abc", "99999999999999999999"] {
        let answer = client.get(&format!("{GROUP}/{id}")).await;
        assert_eq!(answer.status(), ("ERROR".into(), format!("invalid Record Id - {id}")));
    }
    assert_eq!(app.value("SELECT count(*) FROM collection_group").await.as_deref(), Some("0"));
}

//! Which activities a caller finds.

use coffee::core::types::Plan;
use serde_json::json;

use super::{PREFIXES, UNAUTHORIZED, ids, seed};
use crate::support::TestApp;

#[actix_web::test]
async fn a_page_of_the_own_activities() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (id, account) in [(1, 101), (2, 101), (3, 102)] {
        seed(&app, id, (10, account), "DISCOVERY", json!({"platform": "INSTAGRAM"})).await;
    }
    for prefix in PREFIXES {
        let page = client.list(&format!("{prefix}/search?size=1"), &[]).await;
        let expected = json!({
            "status": {"status": "SUCCESS", "message": "Record(s) Retrieved Successfully",
                "filteredCount": 2, "hasNextPage": true, "nextCursor": "2"},
            "activities": [{"id": 2, "partnerId": 10, "type": "DISCOVERY",
                "meta": {"platform": "INSTAGRAM", "bodyParams": {"filters": null}}, "updatedAt": 1_719_792_000}],
        });
        assert_eq!(page.json(), expected, "{prefix}");
    }
    assert_eq!(ids(&client, "?size=1&cursor=2", &[]).await, [1]);
    assert_eq!(ids(&client, "?size=1&cursor=3", &[]).await, [0; 0]);
}

#[actix_web::test]
async fn a_page_has_a_size_whatever_older_releases_stored() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for id in 1..=99 {
        let long = json!([{"filterType": "EQ", "field": "shoe", "value": "x".repeat(100_000)}]);
        let meta = json!({"platform": "INSTAGRAM", "bodyParams": {"filters": long}});
        seed(&app, id, (10, 101), "DISCOVERY", meta).await;
    }
    let kept = json!({"platform": "YOUTUBE", "bodyParams": {"filters": []}});
    seed(&app, 100, (10, 101), "DISCOVERY", kept.clone()).await;
    for prefix in PREFIXES {
        let page = client.list(&format!("{prefix}/search?size=99"), &[]).await;
        assert!(page.text.len() < 4_000_000, "{} bytes", page.text.len());
        let page = page.success();
        assert_eq!(page["activities"][0]["meta"], kept);
        let meta = &page["activities"][1]["meta"];
        assert_eq!(
            (&meta["platform"], &meta["bodyParams"]["filters"]),
            (&json!("INSTAGRAM"), &json!(null))
        );
    }
    let one = client.get(&format!("{}/1", PREFIXES[1])).await.success();
    assert_eq!(one["activities"][0]["meta"]["bodyParams"]["filters"], json!(null));
}

#[actix_web::test]
async fn nobody_finds_what_others_did() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let admin = app.partner(-1, Plan::Paid).await;
    // Account 101 of partner 10 asks; account 11 is the platform's.
    for (id, partner, account) in
        [(1, 10, 101), (2, 20, 101), (3, 10, 102), (4, 10, 0), (5, -1, 11), (6, 20, 11)]
    {
        seed(&app, id, (partner, account), "DISCOVERY", json!({})).await;
    }
    seed(&app, 7, (10, 101), "PROFILE_PAGE", json!({})).await;
    seed(&app, 8, (10, 101), "DISCOVERY", json!({})).await;
    app.execute("UPDATE activity_tracker SET enabled = false WHERE id = 8").await;
    assert_eq!(ids(&client, "", &[]).await, [1]);
    assert_eq!(ids(&client, "", &[("IN", "id", "1,2,3,4,5,6,7,8")]).await, [1]);
    assert_eq!(ids(&admin, "", &[]).await, [6, 5]);
    let path = |id: &str| format!("{}/{id}", PREFIXES[1]);
    for id in ["2", "3", "4", "5", "7", "8", "99", "0", "-1", "x"] {
        let refused = client.get(&path(id)).await;
        let message = format!("invalid Record Id - {id}");
        let expected =
            json!({"status": {"status": "ERROR", "message": message}, "activities": null});
        assert_eq!(refused.contract(), expected, "{id}");
    }
    let own = client.get(&path("1")).await.success();
    let status = json!({"status": "SUCCESS", "message": "Record Retrieved Successfully",
        "filteredCount": 1});
    assert_eq!((&own["status"], &own["activities"][0]["id"]), (&status, &json!(1)));
    let foreign = admin.get(&path("3")).await.success();
    assert_eq!(foreign["activities"][0]["partnerId"], 10);
    admin.get(&path("7")).await.refused("ERROR", "invalid Record Id - 7");

    let alone = app.without_partner().await;
    let claims = json!({"sid": "accountless", "uid": 42, "partnerId": 10});
    let accountless = app.caller(&claims).await;
    for stranger in [alone, accountless] {
        for prefix in PREFIXES {
            let answer = stranger.list(&format!("{prefix}/search?size=x"), &[]).await;
            let expected = json!({"status": {"status": "ERROR", "message": UNAUTHORIZED}});
            assert_eq!(answer.contract(), expected, "{prefix}");
        }
        stranger.get(&path("1")).await.refused("ERROR", UNAUTHORIZED);
    }
    assert_eq!(client.get("/activity-service/api/other").await.code, 404);
}

#[actix_web::test]
async fn every_field_filters_and_sorts() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    for (id, kind, day, meta) in [
        (1, "DISCOVERY", 3, json!({"platform": "INSTAGRAM"})),
        (2, "CAMPAIGN_REPORT", 1, json!({"platform": "YOUTUBE", "id": "a-b"})),
        (3, "TOPIC_RESEARCH", 2, json!({"platform": "YOUTUBE", "id": 12})),
        (4, "TOPIC_RESEARCH", 2, json!(null)),
    ] {
        seed(&app, id, (10, 101), kind, meta).await;
        // Days begin in India.
        let at = |year| format!("'{year}-07-0{day}T00:00:00+05:30'");
        let set = format!("updated_at = {}, created_at = {}", at(2024), at(2023));
        app.execute(&format!("UPDATE activity_tracker SET {set} WHERE id = {id}")).await;
    }
    for (filter, expected) in [
        (("GTE", "id", "3"), &[4, 3][..]),
        (("EQ", "type", "DISCOVERY"), &[1]),
        (("IN", "type", "DISCOVERY, CAMPAIGN_REPORT"), &[2, 1]),
        (("LIKE", "type", "topic"), &[4, 3]),
        (("GT", "updated_at", "2024-07-02"), &[1]),
        (("GTE", "updated_at", "2024-07-02"), &[4, 3, 1]),
        (("LTE", "created_at", "2023-07-01T00:00:00Z"), &[2]),
        (("EQ", "meta.platform", "YOUTUBE"), &[3, 2]),
        (("EQ", "meta.id", "a-b"), &[2]),
        (("EQ", "meta.id", "12"), &[3]),
        (("EQ", "type", ""), &[4, 3, 2, 1]),
    ] {
        assert_eq!(ids(&client, "", &[filter]).await, expected, "{filter:?}");
    }
    for (query, expected) in [
        ("?sortBy=id&sortDir=asc", [1, 2, 3, 4]),
        ("?sortBy=type&sortDir=asc", [2, 1, 3, 4]),
        ("?sortBy=updated_at", [1, 3, 4, 2]),
        ("?sortBy=created_at&sortDir=ASC", [2, 3, 4, 1]),
    ] {
        assert_eq!(ids(&client, query, &[]).await, expected, "{query}");
    }
    let invalid =
        json!({"status": {"status": "ERROR", "message": "invalid Request"}, "activities": null});
    for prefix in PREFIXES {
        for filter in [
            ("EQ", "account_id", "102"),
            ("EQ", "partner_id", "20"),
            ("EQ", "enabled", "false"),
            ("EQ", "meta", "x"),
            ("EQ", "meta.result", "x"),
            ("EQ", "meta.result.name", "x"),
            ("EQ", "id", "x"),
            ("EQ", "created_at", "yesterday"),
            ("NEAR", "id", "1"),
        ] {
            let answer = client.list(&format!("{prefix}/search"), &[filter]).await;
            assert_eq!(answer.contract(), invalid, "{filter:?}");
        }
        for query in ["sortBy=meta.platform", "sortBy=account_id", "sortBy=id&sortDir=up"] {
            let answer = client.list(&format!("{prefix}/search?{query}"), &[]).await;
            assert_eq!(answer.contract(), invalid, "{query}");
        }
        let answer = client.list(&format!("{prefix}/search?size=x"), &[]).await;
        answer.refused("ERROR", "invalid size");
    }
}

#[actix_web::test]
async fn pages_behind_a_row_neither_repeat_nor_hide_others() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for id in 1..=7 {
        seed(&app, id, (10, 101), "DISCOVERY", json!({})).await;
    }
    // Ties, and an instant finer than a second.
    let finer =
        "UPDATE activity_tracker SET updated_at = updated_at + '1 microsecond' WHERE id > 4";
    app.execute(finer).await;
    for (query, expected) in [
        ("", [7, 6, 5, 4, 3, 2, 1]),
        ("&sortDir=asc", [1, 2, 3, 4, 5, 6, 7]),
        ("&sortBy=updated_at", [5, 6, 7, 1, 2, 3, 4]),
        ("&sortBy=updated_at&sortDir=asc", [1, 2, 3, 4, 5, 6, 7]),
        ("&sortBy=type", [1, 2, 3, 4, 5, 6, 7]),
    ] {
        let path = format!("{}/search?paging=keyset&size=3{query}&cursor=", PREFIXES[1]);
        let (mut walked, mut cursor, mut added) = (Vec::new(), Some(String::new()), None);
        while let Some(text) = cursor {
            let page = client.list(&format!("{path}{text}"), &[]).await.success();
            let rows = page["activities"].as_array().expect("a list");
            walked.extend(rows.iter().filter_map(|row| row["id"].as_i64()));
            assert_eq!(page["status"]["filteredCount"], 7, "as the first page counted them");
            cursor = page["status"]["nextCursor"].as_str().map(str::to_owned);
            if added.is_none() {
                // Before the first page, in orders that begin with the newest.
                seed(&app, 100, (10, 101), "DISCOVERY", json!({})).await;
                let newest = "UPDATE activity_tracker SET updated_at = now() WHERE id = 100";
                app.execute(newest).await;
                added = Some(100);
            }
        }
        walked.retain(|id| Some(*id) != added);
        assert_eq!(walked, expected, "{query}");
        app.execute("DELETE FROM activity_tracker WHERE id = 100").await;
    }
    let path = |query: &str| format!("{}/search?paging=keyset&size=3{query}", PREFIXES[1]);
    let first = client.list(&path(""), &[]).await.success();
    let cursor = first["status"]["nextCursor"].as_str().expect("another page");
    for query in ["&sortDir=asc", "&sortBy=updated_at"] {
        let other = client.list(&path(&format!("{query}&cursor={cursor}")), &[]).await;
        other.refused("ERROR", "invalid cursor");
    }
}

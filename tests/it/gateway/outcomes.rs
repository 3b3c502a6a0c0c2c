//! Operators see how requests ended although HTTP says 200.

use coffee::core::types::Plan;
use serde_json::json;

use crate::support::TestApp;

const GROUP: &str = "/collection-group-service/api/group";

fn answers(route: &str, outcome: &str) -> String {
    format!("coffee_answers_total{{outcome=\"{outcome}\",route=\"{route}\"")
}

#[actix_web::test]
async fn answers_are_counted_by_route_and_outcome() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let group = json!({"source": "SAAS", "sourceId": "g", "name": "n"});
    client.post(GROUP, &group).await.success();
    client
        .post(GROUP, &json!({"name": "n"}))
        .await
        .refused("ERROR", "Bad Request. Missing parameter source/name/sourceId in input");
    app.without_partner().await.post(GROUP, &group).await.status();
    client.get(&format!("{GROUP}/99")).await.refused("ERROR", "invalid Record Id - 99");
    client.get("/collection-group-service/nowhere").await.json();
    let broken = "ALTER TABLE collection_group RENAME TO lost";
    sea_orm::sqlx::query(broken).execute(&app.owner).await.expect("renamed");
    client.get(&format!("{GROUP}/1")).await.refused("ERROR", "Something Went Wrong");
    let by_id = format!("{GROUP}/{{id}}");
    for (route, outcome, count) in [
        (GROUP, "ok", 1.0),
        (GROUP, "refused", 1.0),
        (GROUP, "rejected", 1.0),
        (&by_id, "refused", 1.0),
        (&by_id, "internal", 1.0),
        ("unmatched", "rejected", 1.0),
    ] {
        assert_eq!(app.metric(&answers(route, outcome)).await, count, "{route} {outcome}");
    }
}

#[actix_web::test]
async fn stores_are_timed_and_what_clickhouse_read_is_counted() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let path = "/content-service/api/content/trending_content";
    client.list(path, &[]).await.json();
    let count = async |name: &str| app.metric(name).await;
    assert!(count("coffee_clickhouse_read_rows_count").await >= 1.0);
    assert!(
        count("coffee_store_seconds_count{kind=\"query\",store=\"clickhouse\",service=\"coffee\"")
            .await
            >= 1.0
    );
    assert!(
        count("coffee_store_seconds_count{kind=\"read\",store=\"postgres\",service=\"coffee\"")
            .await
            >= 1.0
    );
}

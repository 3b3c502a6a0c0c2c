//! How comments are meant, read from a report file.

use coffee::core::types::Plan;
use serde_json::json;

use super::{ANALYTICS, ask, seed_posts};
use crate::support::TestApp;

const NOT_FOUND: &str = "collection not found for the given id";

#[actix_web::test]
async fn sentiments_are_parts_of_the_report_that_have_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().display();
    std::fs::create_dir(folder.path().join("reports")).expect("a bucket");
    let toml = format!("[storage]\ndirectory = \"{directory}\"\nreport_buckets = [\"reports\"]\n");
    let app = TestApp::start_with_clickhouse_and(&toml).await;
    let write = async |name: &str, rows: &str| {
        let sql = format!(
            "INSERT INTO FUNCTION file('{directory}/reports/{name}', 'Parquet', \
             'sentiment Nullable(String), comment String') VALUES"
        );
        app.clickhouse(&sql, rows.to_owned()).await;
    };
    let rows = "('positive','a'), ('positive','b'), ('negative','c'), ('neutral','d'), ('','e'), \
                (NULL,'f'), ('mixed','g')";
    write("full.parquet", rows).await;
    write("empty.parquet", "('other','a')").await;
    for (id, path) in
        [("full", "full.parquet"), ("empty", "empty.parquet"), ("lost", "lost.parquet")]
    {
        let report = json!({"sentiment_report_bucket": "reports", "sentiment_report_path": path});
        seed_posts(&app, 10, id, report).await;
    }
    let outside =
        json!({"sentiment_report_bucket": "other", "sentiment_report_path": "full.parquet"});
    seed_posts(&app, 10, "outside", outside).await;
    seed_posts(&app, 10, "none", json!({})).await;
    let (owner, stranger) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let anybody = app.without_partner().await;
    let parts = json!([
        {"type": "negative", "postPercentage": 25.0},
        {"type": "neutral", "postPercentage": 25.0},
        {"type": "positive", "postPercentage": 50.0},
    ]);
    for (client, selector) in [
        (&owner, ("collectionId", "full")),
        (&stranger, ("shareId", "share-full")),
        (&anybody, ("shareId", "share-full")),
    ] {
        let answer = ask(client, "sentiment", selector).await.success();
        assert_eq!(answer["data"]["sentiments"], parts);
    }
    let empty = ask(&owner, "sentiment", ("collectionId", "empty")).await.success();
    assert_eq!(empty["data"]["sentiments"], json!([]));
    for (selector, text) in [
        (("collectionId", "none"), "sentiment report not available"),
        (("collectionId", "lost"), "analytics store unavailable"),
        (("collectionId", "outside"), "invalid report file"),
        (("collectionId", "unknown"), NOT_FOUND),
        (("shareId", "unknown"), "record not found"),
        (("collectionGroupId", "1"), "invalid Collection"),
        (("other", "1"), "invalid Collection"),
    ] {
        ask(&owner, "sentiment", selector).await.refused("ERROR", text);
    }
    ask(&stranger, "sentiment", ("collectionId", "full")).await.refused("ERROR", NOT_FOUND);
    let sentiment = format!("{ANALYTICS}/sentiment");
    let profiles = [("EQ", "collectionType", "PROFILE"), ("EQ", "collectionId", "1")];
    owner.list(&sentiment, &profiles).await.refused("ERROR", NOT_FOUND);
    let no_type = owner.list(&sentiment, &[("EQ", "collectionId", "full")]).await;
    no_type.refused("ERROR", "invalid collection type");
}

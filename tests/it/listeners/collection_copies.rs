//! Profile collections that are made from others, or filled from them.

use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::leaderboard_files::tracker;
use super::{Bed, message_of};
use crate::support::{HttpFake, TestApp};

const OVER: &str =
    "you are not allowed to add more than 5 profiles in one tracker. Please upgrade your account";
const COLUMNS: &str = r#"[{"platform": "INSTAGRAM", "columns": [
    {"key": "fee", "title": "Fee", "value": "5", "extra": 1},
    {"key": "secret", "title": "Secret", "hidden": true}]}]"#;

async fn bed() -> (Bed, HttpFake) {
    let tracker = tracker().await;
    let url = tracker.url.clone();
    (Bed::of(TestApp::start().await, |config| config.job_tracker.url = url).await, tracker)
}

/// Has a batch worked on; its report.
async fn report(
    (bed, tracker): &(Bed, HttpFake),
    handler: &str,
    (plan, id): (Plan, i64),
    inputs: Value,
) -> Value {
    let item = |input: &Value| json!({"status": "PENDING", "inputNode": input});
    let items: Vec<Value> = inputs.as_array().expect("inputs").iter().map(item).collect();
    let batch = json!({"id": id, "status": "PENDING", "remarks": null, "jobBatchItems": items});
    let outcome = bed.deliver(handler, &message_of(plan, &batch)).await;
    assert_eq!(outcome, Outcome::Done);
    let report = tracker.seen().pop().expect("a report").json();
    assert_eq!(report["status"], "COMPLETED");
    assert_eq!(report["remarks"], "Processing Complete");
    report
}

fn remark(report: &Value, item: usize) -> &str {
    report["jobBatchItems"][item]["outputNode"]["REMARK"].as_str().expect("a remark")
}

/// Items of a collection: platform, account, whether it is hidden, rank.
async fn items(bed: &Bed, collection: i64) -> Vec<Value> {
    let sql = format!(
        "SELECT coalesce(json_agg(json_build_array(platform, platform_account_code, hidden, rank) \
         ORDER BY platform DESC, rank, id), '[]') FROM profile_collection_item \
         WHERE profile_collection_id = {collection} AND enabled AND partner_id = 10"
    );
    serde_json::from_str(&bed.app.value(&sql).await.expect("a list")).expect("JSON")
}

/// Values that items have in custom columns: account and key and value.
async fn values(bed: &Bed, collection: i64) -> Value {
    let sql = format!(
        "SELECT coalesce(json_agg(json_build_array(i.platform_account_code, v.key, v.value) \
         ORDER BY i.rank, v.key), '[]') FROM profile_collection_item_cc_data v \
         JOIN profile_collection_item i ON i.id = v.profile_collection_item_id \
         WHERE i.profile_collection_id = {collection}"
    );
    serde_json::from_str(&bed.app.value(&sql).await.expect("a list")).expect("JSON")
}

async fn accounts(bed: &Bed, number: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for _ in 0..number {
        ids.push(bed.app.seed_instagram(&json!({})).await);
    }
    ids
}

async fn value(bed: &Bed, item: i64, key: &str, value: &str) {
    let row = json!({"profile_collection_item_id": item, "key": key, "value": value});
    bed.app.seed("profile_collection_item_cc_data", &row).await;
}

#[actix_web::test]
async fn a_large_collection_is_duplicated_once_in_the_order_of_its_ranks() {
    let both = bed().await;
    let bed = &both.0;
    let columns: Value = serde_json::from_str(COLUMNS).expect("JSON");
    let long = "n".repeat(255);
    let row = json!({
        "name": long, "source": "SAAS-AT", "description": "d", "categories": ["Food"],
        "tags": ["t"], "custom_columns": columns, "featured": true, "analytics_enabled": true,
        "ordered_columns": [{"platform": "INSTAGRAM", "columns": ["fee", "secret"]}],
    });
    let from = bed.app.seed_collection(10, "original", &row).await;
    bed.app
        .execute(
            "INSERT INTO instagram_account (id, ig_id, handle, followers) \
             SELECT n, n::text, 'h' || n, n FROM generate_series(1, 1200) n",
        )
        .await;
    // The later an item came, the higher it stands; two share a rank, every tenth was removed.
    bed.app
        .execute(&format!(
            "INSERT INTO profile_collection_item (platform, platform_account_code, \
             profile_collection_id, partner_id, rank, created_by, hidden, enabled) \
             SELECT 'INSTAGRAM', n, {from}, 10, (1201 - n) / 2, '1', n % 7 = 0, n % 10 > 0 \
             FROM generate_series(1, 1200) n"
        ))
        .await;
    bed.app
        .execute(
            "INSERT INTO profile_collection_item_cc_data (profile_collection_item_id, key, value) \
             SELECT id, key, platform_account_code FROM profile_collection_item, \
             unnest('{fee,secret,former}'::text[]) key WHERE platform_account_code <= 2",
        )
        .await;
    let creator = json!({"platform": "GCC", "platform_account_id": 77});
    bed.app.seed("campaign_profiles", &creator).await;
    bed.app.seed_item((10, from), ("GCC", 77), &json!({})).await;
    bed.app.execute("ANALYZE instagram_account, profile_collection_item").await;
    // Every delivery of the batch is answered with the same copy.
    let input = json!([{"collectionId": from.to_string()}]);
    let first = report(&both, "duplicate_collection", (Plan::Free, 5), input.clone()).await;
    let again = report(&both, "duplicate_collection", (Plan::Free, 5), input).await;
    assert_eq!(first, again);
    assert_eq!(bed.app.count("profile_collection").await, 2);
    assert_eq!(remark(&first, 0), "Collection Duplicated Successfully");
    let copy = first["jobBatchItems"][0]["outputNode"]["collectionId"].as_str().expect("an id");
    let copy: i64 = copy.parse().expect("a number");
    let sql = format!("SELECT to_jsonb(c) FROM profile_collection c WHERE id = {copy}");
    let stored: Value =
        serde_json::from_str(&bed.app.value(&sql).await.expect("a row")).expect("JSON");
    assert_eq!(stored["name"], format!("Copy Of {}", &long[..247]));
    for (column, value) in [
        ("source", json!("SAAS")),
        ("source_id", stored["share_id"].clone()),
        ("created_by", json!("101")),
        ("featured", json!(false)),
        ("analytics_enabled", json!(false)),
        ("share_enabled", json!(true)),
        ("custom_columns", row["custom_columns"].clone()),
        ("ordered_columns", row["ordered_columns"].clone()),
        ("description", json!("d")),
        ("categories", json!(["Food"])),
        ("tags", json!(["t"])),
    ] {
        assert_eq!(stored[column], value, "{column}");
    }
    let copied = items(bed, copy).await;
    let instagram = (1..=1200_i64).filter(|n| n % 10 > 0).collect::<Vec<_>>();
    let mut expected = instagram.clone();
    expected.sort_by_key(|n| ((1201 - n) / 2, *n));
    let mut expected: Vec<Value> = (1_i64..)
        .zip(expected)
        .map(|(rank, n)| json!(["INSTAGRAM", n, n % 7 == 0, rank]))
        .collect();
    expected.push(json!(["GCC", 77, false, 1]));
    assert_eq!(copied, expected);
    // Values of columns that the collection has no more are left behind.
    let expected = [(2, "fee"), (2, "secret"), (1, "fee"), (1, "secret")];
    let expected = expected.map(|(account, key)| json!([account, key, account.to_string()]));
    assert_eq!(values(bed, copy).await, json!(expected));
    assert!(bed.app.events().await.is_empty());
}

#[actix_web::test]
async fn of_somebody_elses_collection_is_copied_what_it_shows() {
    let both = bed().await;
    let bed = &both.0;
    let columns: Value = serde_json::from_str(COLUMNS).expect("JSON");
    let order = json!([{"platform": "INSTAGRAM", "columns": ["secret", "fee"]}]);
    let row = json!({"featured": true, "custom_columns": columns, "ordered_columns": order});
    let featured = bed.app.seed_collection(20, "featured", &row).await;
    let private = bed.app.seed_collection(20, "private", &json!({})).await;
    let ids = accounts(bed, 2).await;
    let place = (20, featured);
    let shown = bed.app.seed_item(place, ("INSTAGRAM", ids[0]), &json!({})).await;
    bed.app.seed_item(place, ("INSTAGRAM", ids[1]), &json!({"hidden": true})).await;
    value(bed, shown, "fee", "7").await;
    value(bed, shown, "secret", "8").await;
    let target = json!({"custom_columns": row["custom_columns"]});
    let target = bed.app.seed_collection(10, "target", &target).await;
    let inputs = json!([
        {"collectionId": featured.to_string()},
        {"collectionId": private.to_string()},
        {"collectionId": "x"},
    ]);
    let done = report(&both, "duplicate_collection", (Plan::Saas, 5), inputs).await;
    assert_eq!(remark(&done, 1), format!("invalid Record Id - {private}"));
    assert_eq!(remark(&done, 2), "invalid Record Id - x");
    let sql = "SELECT id FROM profile_collection WHERE name = 'Copy Of featured'";
    let copy: i64 = bed.app.value(sql).await.expect("a copy").parse().expect("a number");
    let shown = [json!(["INSTAGRAM", ids[0], false, 1])];
    assert_eq!(items(bed, copy).await, shown);
    let fee = json!([[ids[0], "fee", "7"]]);
    assert_eq!(values(bed, copy).await, fee);
    let sql = format!(
        "SELECT (custom_columns || ordered_columns)::text FROM profile_collection WHERE id = {copy}"
    );
    let stored = bed.app.value(&sql).await.expect("columns");
    assert!(stored.contains("\"fee\"") && !stored.contains("secret"), "{stored}");
    // The target has the column, its values are hidden all the same.
    let input =
        json!({"fromCollectionId": featured.to_string(), "toCollectionId": target.to_string()});
    let done = report(&both, "import_from_profile_collection", (Plan::Saas, 6), json!([input]));
    assert_eq!(remark(&done.await, 0), "Items Imported Successfully");
    assert_eq!(items(bed, target).await, shown);
    assert_eq!(values(bed, target).await, fee);
}

#[actix_web::test]
async fn an_import_beyond_the_plan_is_refused_as_a_whole_and_others_go_on() {
    let both = bed().await;
    let bed = &both.0;
    let source = bed.app.seed_collection(10, "source", &json!({})).await;
    let tracker = json!({"source": "SAAS-AT"});
    let tracker = bed.app.seed_collection(10, "tracker", &tracker).await;
    let list = bed.app.seed_collection(10, "list", &json!({})).await;
    let ids = accounts(bed, 4).await;
    let channels = [bed.app.seed_youtube(&json!({})).await, bed.app.seed_youtube(&json!({})).await];
    for (rank, id) in (1..).zip(&ids) {
        bed.app.seed_item((10, source), ("INSTAGRAM", *id), &json!({"rank": rank})).await;
    }
    for (rank, id) in (1..).zip(channels) {
        bed.app.seed_item((10, source), ("YOUTUBE", id), &json!({"rank": rank})).await;
    }
    // One of them is there already: four and two come to six.
    bed.app.seed_item((10, tracker), ("INSTAGRAM", ids[3]), &json!({"rank": 9})).await;
    let before = items(bed, tracker).await;
    let input = |to: i64, platform: &str| {
        json!({"fromCollectionId": source.to_string(), "toCollectionId": to.to_string(),
               "platform": platform})
    };
    let inputs = json!([input(tracker, "ALL"), input(list, "youtube"), input(source, "")]);
    let done = report(&both, "import_from_profile_collection", (Plan::Free, 5), inputs).await;
    assert_eq!(remark(&done, 0), OVER);
    assert_eq!(done["jobBatchItems"][0]["status"], "FAILURE");
    assert_eq!(items(bed, tracker).await, before);
    assert!(bed.app.events().await.is_empty());
    assert_eq!(remark(&done, 1), "Items Imported Successfully");
    let expected: Vec<Value> =
        (1..).zip(channels).map(|(rank, id)| json!(["YOUTUBE", id, false, rank])).collect();
    assert_eq!(items(bed, list).await, expected);
    // Into itself nothing changes.
    assert_eq!(remark(&done, 2), "Items Imported Successfully");
    assert_eq!(items(bed, source).await.len(), 6);
    let fits = json!([input(tracker, "INSTAGRAM")]);
    let done = report(&both, "import_from_profile_collection", (Plan::Free, 6), fits).await;
    assert_eq!(remark(&done, 0), "Items Imported Successfully");
    // Also that which was there gets a new rank, in the order of the source.
    let expected: Vec<Value> =
        (10..).zip(&ids).map(|(rank, id)| json!(["INSTAGRAM", id, false, rank])).collect();
    assert_eq!(items(bed, tracker).await, expected);
}

#[actix_web::test]
async fn an_import_is_charged_once_for_what_it_adds() {
    let both = bed().await;
    let bed = &both.0;
    bed.app.partner(10, Plan::Paid).await;
    bed.app.set_usage(10, "ACCOUNT_TRACKING", 4, 6).await;
    let source = bed.app.seed_collection(10, "source", &json!({})).await;
    let tracker = json!({"source": "SAAS-AT"});
    let tracker = bed.app.seed_collection(10, "tracker", &tracker).await;
    let ids = accounts(bed, 4).await;
    for (rank, id) in (1..).zip(&ids) {
        bed.app.seed_item((10, source), ("INSTAGRAM", *id), &json!({"rank": rank})).await;
    }
    bed.app.seed_item((10, tracker), ("INSTAGRAM", ids[0]), &json!({})).await;
    let input = json!([{
        "fromCollectionId": source.to_string(), "toCollectionId": tracker.to_string(),
    }]);
    let done =
        report(&both, "import_from_profile_collection", (Plan::Paid, 5), input.clone()).await;
    assert_eq!(remark(&done, 0), "limit consumed");
    assert_eq!(items(bed, tracker).await.len(), 1);
    assert_eq!(bed.app.consumed(10, "ACCOUNT_TRACKING").await, 4);
    bed.app.set_usage(10, "ACCOUNT_TRACKING", 4, 9).await;
    for _ in 0..2 {
        report(&both, "import_from_profile_collection", (Plan::Paid, 6), input.clone()).await;
    }
    // A further batch of the same job finds nothing new.
    report(&both, "import_from_profile_collection", (Plan::Paid, 7), input).await;
    assert_eq!(items(bed, tracker).await.len(), 4);
    assert_eq!(bed.app.consumed(10, "ACCOUNT_TRACKING").await, 7);
    let events = bed.app.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["incrementCount"], 3);
}

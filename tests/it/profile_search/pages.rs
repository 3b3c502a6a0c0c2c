//! Pages, one behind the other to the last.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{BY_TABLE, Beside, both, change};
use crate::support::{Client, TestApp};

const ACCOUNTS: usize = 260;
/// Values that many accounts share, and that some lack.
const SEED: &str = "\
    INSERT INTO instagram_account (ig_id, handle, country, followers, engagement_rate, engagement_rate_grade) \
    SELECT 'p' || n, 'p' || n, 'IN', nullif(n % 7, 3) * 100, nullif(n % 5, 2) * 0.01, \
           (ARRAY['Poor', 'Average', 'Good', 'Very Good', 'Excellent'])[1 + n % 6] \
    FROM generate_series(1, 260) n";
const ORDERS: [&str; 3] = [
    "followers",
    "engagement_rate_grade_order,engagement_rate,followers",
    "engagement_rate,engagement_rate_grade_order,followers",
];

#[actix_web::test]
async fn every_account_is_on_one_page() {
    let app = TestApp::start_with_search("").await;
    change(&app, SEED).await;
    app.search_table_follows().await;
    app.build_search_table().await;
    app.clickhouse("TRUNCATE TABLE profile_search_delta", String::new()).await;
    // Some are in the table, some in the delta.
    let some = "UPDATE instagram_account SET followers = followers + 100 WHERE id % 9 = 0";
    change(&app, some).await;
    app.search_table_follows().await;
    let beside = Beside::start(&app).await;
    let (table, postgres) = both(&app, &beside, 10).await;
    for order in ORDERS {
        for direction in ["ASC", "DESC"] {
            let begin = format!(
                "/discovery-service/api/profile/INSTAGRAM/search?sortBy={order}&sortDir={direction}"
            );
            for paging in ["&size=7&paging=keyset", "&size=7", "&size=99"] {
                let path = format!("{begin}{paging}");
                let (theirs, ours) = (walk(&table, &path).await, walk(&postgres, &path).await);
                assert_eq!(theirs, ours, "{path}");
                let all: BTreeSet<&String> = ours.iter().collect();
                assert_eq!((ours.len(), all.len()), (ACCOUNTS, ACCOUNTS), "{path}");
            }
            let last = format!("{begin}&size=99&cursor=999");
            assert_eq!(page(&table, &last).await, page(&postgres, &last).await, "{last}");
        }
    }
    assert!(app.metric(BY_TABLE).await > 400.0, "the table answered");
}

/// Accounts of all pages.
async fn walk(client: &Client, path: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let behind = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let (found, next) = page(client, &format!("{path}{behind}")).await;
        all.extend(found);
        cursor = next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Accounts of a page, and the cursor of the next one.
async fn page(client: &Client, path: &str) -> (Vec<String>, Option<String>) {
    let answer = client.list(path, &[]).await.success();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let profiles = answer["profiles"].as_array().expect("profiles");
    let codes = profiles.iter().map(|profile| text(&profile["platformCode"]).expect("a code"));
    (codes.collect(), text(&answer["status"]["nextCursor"]))
}

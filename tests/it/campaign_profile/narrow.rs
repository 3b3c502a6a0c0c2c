//! What searches read of profiles: narrow rows that follow them.

use coffee::core::types::Plan;
use sea_orm::sqlx::{AssertSqlSafe, Executor as _};
use serde_json::{Value, json};

use super::search::ids;
use super::{count, row, seed};
use crate::support::TestApp;

const NARROW: &str = "campaign_profile_search";

#[actix_web::test]
async fn members_are_found_as_they_are_shown_whatever_they_are() {
    let app = TestApp::start().await;
    let client = app.partner(-1, Plan::Paid).await;
    let mut all = Vec::new();
    for details in [
        json!({"admin_details": {"name": 7, "isBlacklisted": "true", "creatorPrograms": "x", "city": "5"}}),
        json!({"admin_details": {"name": "Beyonc\u{e9}  Rao", "isBlacklisted": "yes", "city": "12.5",
            "languages": ["hi", 5, null, ["ta"]]}}),
        json!({"admin_details": [], "user_details": {"whatsappOptIn": null, "name": {"first": "a"}}}),
        json!({"user_details": {"whatsappOptIn": true, "location": []}}),
    ] {
        all.push(seed(&app, ("GCC", 1 + all.len() as i64), &details).await);
    }
    for (filter, expected) in [
        (("EQ", "admin_details.name", "7"), vec![0]),
        (("LIKE", "search_phrase", "BEYONCE R"), vec![1]),
        (("EQ", "search_phrase", "Beyonce Rao"), vec![]),
        (("EQ", "search_phrase", "Beyonc\u{e9}  Rao"), vec![1]),
        (("EQ", "user_details.name", "{\"first\": \"a\"}"), vec![2]),
        (("EQ", "isBlacklisted", "true"), vec![0]),
        (("EQ", "isBlacklisted", "false"), vec![3, 2]),
        (("GTE", "admin_details.city", "6"), vec![1]),
        (("LT", "admin_details.city", "6"), vec![0]),
        (("GTE", "admin_details.city", "3x"), vec![0]),
        (("NE", "admin_details.city", "5"), vec![1]),
        (("ARRAY", "creatorPrograms", "x"), vec![]),
        (("ARRAY", "admin_details.languages", "hi,bn"), vec![1]),
        (("ARRAY", "admin_details.languages", "5,ta"), vec![]),
        (("NOTIN", "admin_details.languages", "5"), vec![1]),
        (("NOTIN", "user_details.location", "Pune"), vec![3]),
        (("BOOL", "user_details.whatsappOptIn", "false"), vec![2, 1, 0]),
    ] {
        let expected: Vec<i64> = expected.into_iter().map(|number: usize| all[number]).collect();
        assert_eq!(ids(&client, "", &[filter]).await, expected, "{filter:?}");
    }
}

#[actix_web::test]
async fn narrow_rows_follow_every_change() {
    let app = TestApp::start().await;
    let execute = async |sql: String| {
        app.owner.execute(AssertSqlSafe(sql)).await.expect("a statement");
    };
    let named = |name: &str| json!({"admin_details": {"name": name}});
    let one = seed(&app, ("GCC", 1), &named("Asha")).await;
    let two = seed(&app, ("GCC", 2), &named("Beno\u{ee}t")).await;
    assert_eq!(row(&app, NARROW, two).await["admin_name_text"], "benoit");
    let version = async |id: i64| {
        app.value(&format!("SELECT xmin::text FROM {NARROW} WHERE id = {id}")).await
    };
    let before = (version(one).await, version(two).await);
    execute(format!(
        "UPDATE campaign_profiles SET admin_details = '{{\"name\": \"Chitra\"}}', has_email = (id = {one}), \
                updated_at = '2020-01-01' WHERE id = {one}; \
         UPDATE campaign_profiles SET enabled = enabled"
    ))
    .await;
    let after = row(&app, NARROW, one).await;
    let seen = (&after["admin_name_text"], &after["has_email"], &after["admin_city"]);
    assert_eq!(seen, (&json!("chitra"), &json!(true), &Value::Null));
    assert!(after["updated_at"].as_str().expect("a time").starts_with("2020-01-01"));
    assert_ne!(version(one).await, before.0);
    assert_eq!(version(two).await, before.1, "what is only locked is not written again");
    execute(format!("UPDATE campaign_profiles SET id = 77 WHERE id = {two}")).await;
    assert_eq!(row(&app, NARROW, 77).await["admin_name"], "Beno\u{ee}t");
    execute(format!("DELETE FROM campaign_profiles WHERE id = {one}")).await;
    assert_eq!(count(&app, NARROW).await, "1");
    let longest = "x".repeat(4000);
    execute(format!(
        "INSERT INTO campaign_profiles (platform, platform_account_id, user_details) \
         VALUES ('GCC', 3, jsonb_build_object('email', '{longest}', 'location', ARRAY['{longest}']))"
    ))
    .await;
    assert_eq!(count(&app, NARROW).await, "2");
    execute("TRUNCATE campaign_profiles".to_owned()).await;
    assert_eq!(count(&app, NARROW).await, "0");
}

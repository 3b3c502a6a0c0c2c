//! Operators and values of search filters.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{id_list, search_by};
use crate::support::TestApp;

/// Accounts of the table, by the letter that expectations name them with.
fn accounts() -> Vec<(char, Value)> {
    vec![
        (
            'a',
            json!({"name": "50% off", "city": "Pune", "followers": 10, "languages": ["hi"],
            "is_blacklisted": true, "dob": "2000-01-01", "ffratio": 9.5,
            "audience_age": {"18-24": 9.5}}),
        ),
        (
            'b',
            json!({"name": "50 off_", "city": "pune", "followers": 9, "languages": ["en", "hi"],
            "is_blacklisted": false, "dob": "1999-12-31", "ffratio": 10,
            "audience_age": {"18-24": 10}}),
        ),
        (
            'c',
            json!({"name": "A\\B", "city": null, "followers": null,
            "audience_age": {"18-24": "many"}}),
        ),
    ]
}

const CASES: &[(&str, &str, &str, &str)] = &[
    ("EQ", "city", "Pune", "a"),
    ("NE", "city", "Pune", "b"),
    ("EQ", "name", "50% OFF", ""),
    ("LIKE", "name", "50", "ab"),
    ("LIKE", "name", "% O", "a"),
    ("LIKE", "name", "f_", "b"),
    ("LIKE", "name", "a\\b", "c"),
    ("LIKE", "name", "_____", ""),
    ("GT", "followers", "9", "a"),
    ("GTE", "followers", "10", "a"),
    ("GTE", "followers", "9.5", "a"),
    ("LT", "followers", "10", "b"),
    ("LTE", "followers", "-1", ""),
    ("NE", "followers", "9", "a"),
    ("GT", "ffratio", "9.9", "b"),
    ("IN", "followers", " 9 , 77,", "b"),
    ("IN", "followers", "9,10.0", "ab"),
    ("NOTIN", "followers", "9,77", "a"),
    ("IN", "city", "Pune,pune", "ab"),
    ("NOTIN", "city", "Goa", "ab"),
    ("GTE", "audience_age.18-24", "9.6", "b"),
    ("LT", "audience_age.18-24", "10", "a"),
    ("EQ", "audience_age.18-24", "10.0", "b"),
    ("IN", "audience_age.18-24", "9.5,10", "ab"),
    ("GTE", "audience_age.25-34", "0", ""),
    ("BOOL", "isBlacklisted", "T", "a"),
    ("BOOL", "isBlacklisted", "False", "b"),
    ("EQ", "isBlacklisted", "0", "b"),
    ("NE", "isBlacklisted", "true", "b"),
    ("LT", "dateOfBirth", "2000-01-01", "b"),
    ("IN", "dateOfBirth", "2000-01-01,1999-12-31", "ab"),
    ("ARRAY", "languages", "en , fr", "b"),
    ("ARRAY_IN", "languages", "hi,", "ab"),
    ("EQ", "languages", "hi", "ab"),
    ("IN", "languages", "en,fr", "b"),
    ("NE", "languages", "en", "a"),
    ("NOTIN", "languages", "en,fr", "a"),
    ("LIKE", "name,city", "off", "ab"),
    ("EQ", "name, city", "Pune", "a"),
    ("EQ", "shoe_size,city", "Pune", "a"),
];

#[actix_web::test]
async fn operators_compare_numbers_as_numbers_and_texts_literally() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let mut letters = Vec::new();
    for (letter, columns) in accounts() {
        letters.push((app.seed_instagram(&columns).await, letter));
    }
    let ids: Vec<i64> = letters.iter().map(|(id, _)| *id).collect();
    for (operator, field, value, expected) in CASES {
        let filters = [(*operator, *field, *value), ("IN", "id", &*id_list(&ids))];
        let answer = search_by(&client, "INSTAGRAM", "?sortBy=x&sortDir=Asc", &filters).await;
        let found = super::found(&answer.success());
        let letter = |id| letters.iter().find(|(known, _)| known == id).map(|(_, letter)| *letter);
        let mut found: Vec<char> = found.iter().filter_map(letter).collect();
        found.sort_unstable();
        assert_eq!(String::from_iter(found), *expected, "{operator} {field} {value:?}");
    }
}

#[actix_web::test]
async fn values_and_operators_that_do_not_fit_are_refused_and_not_charged() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let refused = [
        ("NEAR", "followers", "1"),
        ("eq", "followers", "1"),
        ("", "followers", "1"),
        ("NEAR", "shoe_size", "1"),
        ("EQ", "followers", "many"),
        ("EQ", "followers", "1e3"),
        ("EQ", "followers", " 1"),
        ("EQ", "followers", "0x10"),
        ("EQ", "followers", "NaN"),
        ("EQ", "followers", "Infinity"),
        ("IN", "followers", "1,x"),
        ("IN", "followers", " , ,"),
        ("ARRAY", "followers", "1"),
        ("LIKE", "followers", "1"),
        ("BOOL", "followers", "true"),
        ("GTE", "engagement_rate", "high"),
        ("GTE", "audience_age.18-24", "high"),
        ("LIKE", "audience_age.18-24", "1"),
        ("BOOL", "isBlacklisted", "yes"),
        ("EQ", "isBlacklisted", "tRUE"),
        ("GT", "isBlacklisted", "1"),
        ("EQ", "dateOfBirth", "01/02/1990"),
        ("EQ", "dateOfBirth", "1990-1-2"),
        ("EQ", "dateOfBirth", "1990-02-30"),
        ("EQ", "dateOfBirth", "1990-01-02T00:00:00Z"),
        ("LIKE", "languages", "hi"),
        ("GT", "languages", "hi"),
        ("BOOL", "languages", "true"),
        ("ARRAY", "languages", ","),
        ("ARRAY", "city", "Pune"),
        ("BOOL", "city", "true"),
        ("NE", "city,name", "Pune"),
        ("NOTIN", "city,name", "Pune"),
        ("BOOL", "isBlacklisted,flag_contact_info_available", "true"),
        ("EQ", "city,followers", "Pune"),
        ("EQ", "audience_gender.male_per", "MALE"),
        ("EQ", "collectionId", "abc"),
    ];
    for filter in refused {
        let answer = search_by(&client, "INSTAGRAM", "", &[filter]).await;
        answer.refused("500", "invalid Request");
        assert_eq!(answer.json()["profiles"], json!([]), "{filter:?}");
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    assert_eq!(app.count("activity_tracker").await + app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn a_filter_without_a_value_is_no_condition() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = app.seed_instagram(&json!({})).await;
    for (operator, field) in [("EQ", "city"), ("BOOL", "isBlacklisted"), ("IN", "followers")] {
        let answer = search_by(&client, "INSTAGRAM", "", &[(operator, field, "")]).await;
        assert_eq!(super::found(&answer.success()), [account]);
    }
}

//! Input that means harm: one documented answer, nothing charged, nothing broken.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use super::{BASE, search, search_by};
use crate::support::{Answer, Client, TestApp, send};

const SQL: &[&str] = &[
    "'",
    "' OR '1'='1",
    "1; DROP TABLE instagram_account; --",
    "x'); DELETE FROM instagram_account; --",
    "$1",
    "%s%n",
    "\\'; SELECT pg_sleep(9); --",
    "\"account\".\"id\"",
    "{{1}}",
    "\u{202e}\u{0301}नमस्ते",
];

async fn untouched(app: &TestApp, accounts: i64) {
    assert_eq!(app.count("instagram_account").await, accounts);
    assert!(app.metric("coffee_panics_total").await == 0.0, "something panicked");
}

async fn post(client: &Client, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = client.request(Method::POST, path).header("content-type", "application/json");
    send(request.body(body)).await
}

/// Exactly one JSON document with a status.
fn one_envelope(answer: &Answer) -> Value {
    let body = answer.json();
    assert!(body["status"]["status"].is_string(), "{}", answer.text);
    body
}

#[actix_web::test]
async fn sql_in_values_is_a_value() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    for text in SQL {
        let columns = json!({
            "name": text, "city": text, "keywords": [text],
            "audience_location": {"city": {*text: 50}},
        });
        let account = app.seed_instagram(&columns).await;
        let place = format!("audience_location.city.{text}");
        for filter in [
            ("EQ", "name", *text),
            ("LIKE", "name", text),
            ("IN", "city", text),
            ("EQ", "keywords", text),
            ("GTE", &*place, "50"),
        ] {
            let answer = search_by(&client, "INSTAGRAM", "", &[filter]).await.success();
            // A comma list of fields ignores the names that it does not know.
            if !filter.1.contains(',') {
                assert!(super::found(&answer).contains(&account), "{filter:?}");
            }
        }
    }
    untouched(&app, SQL.len() as i64).await;
}

#[actix_web::test]
async fn sql_in_fields_orders_and_switches_is_unknown_and_ignored() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let account = app.seed_instagram(&json!({})).await;
    for text in SQL {
        for field in [(*text).to_owned(), format!("followers{text}"), format!("city.{text}")] {
            let answer = search_by(&client, "INSTAGRAM", "", &[("EQ", &field, "1")]).await;
            assert_eq!(super::found(&answer.success()), [account], "{field}");
        }
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for name in ["sortBy", "source", "computeCounts", "campaignProfileJoin", "activityId"] {
            let query = format!("?{name}={encoded}");
            let answer = search_by(&client, "INSTAGRAM", &query, &[]).await.success();
            assert_eq!(super::found(&answer), [account], "{query}");
        }
        let query = format!("?sortDir={encoded}");
        search_by(&client, "INSTAGRAM", &query, &[]).await.refused("500", "invalid Request");
        let operator = search_by(&client, "INSTAGRAM", "", &[(text, "followers", "1")]).await;
        operator.refused("500", "invalid Request");
    }
    untouched(&app, 1).await;
}

#[actix_web::test]
async fn bodies_that_are_not_the_documented_json_are_refused_without_payload() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let deep = "[".repeat(100_000);
    let bodies: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"[]x".to_vec(),
        b"[]".to_vec(),
        b"\"filters\"".to_vec(),
        b"7".to_vec(),
        br#"{"filters":{}}"#.to_vec(),
        br#"{"filters":["x"]}"#.to_vec(),
        br#"[[{"filterType":"EQ","field":"id","value":"1"}]]"#.to_vec(),
        br#"{"filters":[["EQ","id","1"]]}"#.to_vec(),
        br#"{"filters":[{"filterType":"EQ","field":"id","value":1}]}"#.to_vec(),
        br#"{"filters":[{"filterType":"EQ","field":"id","value":null}]}"#.to_vec(),
        br#"{"filters":[{"filterType":1,"field":"id","value":"1"}]}"#.to_vec(),
        br#"{"filters":[{"filterType":"EQ","field":["id"],"value":"1"}]}"#.to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"filters\":[{\"value\":\"\xff\"}]}".to_vec(),
        deep.clone().into_bytes(),
        format!("{{\"filters\":{deep}").into_bytes(),
    ];
    let routes = [
        search("INSTAGRAM"),
        search("ALL"),
        format!("{BASE}/INSTAGRAM/1/similar_accounts"),
        format!("{BASE}/INSTAGRAM/1/timeseries"),
        format!("{BASE}/locations"),
        format!("{BASE}/locations_new"),
    ];
    for body in bodies {
        for route in &routes {
            let answer = post(&client, route, body.clone()).await;
            let text = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            let answer = one_envelope(&answer);
            assert_eq!(answer["status"]["status"], "ERROR", "{route} {text}");
            assert_eq!(answer.as_object().map(serde_json::Map::len), Some(1), "{route} {text}");
        }
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    assert_eq!(app.count("activity_tracker").await + app.count("event_outbox").await, 0);
    untouched(&app, 0).await;
}

#[actix_web::test]
async fn more_than_the_documented_members_is_accepted() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for body in [
        "",
        "  ",
        "{}",
        "null",
        r#"{"filters":null,"x":1}"#,
        r#"{"filters":[{"filterType":"EQ","field":"city","value":"","y":[]}]}"#,
        r#"{"filters":[{}]} {"filters": 7"#,
    ] {
        let answer = post(&client, &search("YOUTUBE"), body).await;
        assert_eq!(answer.status().0, "SUCCESS", "{body}: {}", answer.text);
    }
    untouched(&app, 0).await;
}

#[actix_web::test]
async fn audiences_that_are_none_are_refused_and_not_widened_to_everybody() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.seed_instagram(&json!({"audience_gender": {"male_per": 50}})).await;
    for platform in ["INSTAGRAM", "YOUTUBE", "ALL"] {
        for (field, value) in [
            ("audience_gender", "male"),
            ("audience_gender", "MALE,FEMALE"),
            ("audience_age", "18-25"),
            ("audience_age", "65"),
            ("audience_location", "Pune"),
        ] {
            let answer = search_by(&client, platform, "", &[("EQ", field, value)]).await;
            answer.refused("500", "invalid Request");
        }
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    let male = search_by(&client, "INSTAGRAM", "", &[("EQ", "audience_gender", "MALE")]).await;
    assert_eq!(super::found(&male.success()).len(), 1);
}

#[actix_web::test]
async fn long_texts_are_refused_or_not_kept() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let long = "x".repeat(70_000);
    for filter in [("EQ", "name", &*long), ("EQ", "shoe", &*long), ("EQ", &*long, "1")] {
        search_by(&client, "INSTAGRAM", "", &[filter]).await.refused("500", "invalid Request");
    }
    let ids = vec!["1234567890"; 1000].join(",");
    search_by(&client, "INSTAGRAM", "", &[("IN", "id", &format!("{ids},1"))])
        .await
        .refused("500", "invalid Request");
    assert_eq!(app.count("activity_tracker").await + app.count("event_outbox").await, 0);
    let most = "x".repeat(60_000);
    let sort = "s".repeat(3_000);
    for filter in [("IN", "id", &*ids), ("EQ", "name", &*most), ("EQ", "shoe", &*most)] {
        let query = format!("?sortBy={sort}&source={sort}");
        search_by(&client, "INSTAGRAM", &query, &[filter]).await.success();
    }
    let lengths = "SELECT string_agg((octet_length(meta::text) / 1000)::text, ',' ORDER BY id) \
                   FROM activity_tracker";
    assert_eq!(app.value(lengths).await.as_deref(), Some("11,0,0"));
    let event = "SELECT max(octet_length(payload::text)) < 20000 FROM event_outbox";
    assert_eq!(app.value(event).await.as_deref(), Some("true"));
}

#[actix_web::test]
async fn nul_characters_are_refused_everywhere() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let refused = [
        ("EQ", "name", "a\0b"),
        ("LIKE", "name", "\0"),
        ("IN", "city", "a,\0"),
        ("ARRAY", "keywords", "\0"),
        ("EQ", "collectionShareId", "\0"),
        ("GTE", "audience_location.city.\0", "1"),
        ("EQ", "shoe\0size", "1"),
    ];
    for platform in ["INSTAGRAM", "YOUTUBE", "ALL"] {
        for filter in refused {
            let answer = search_by(&client, platform, "", &[filter]).await;
            answer.refused("500", "invalid Request");
            one_envelope(&answer);
        }
        for query in ["?sortBy=%00", "?source=%00", "?sortBy=a%00b&size=5"] {
            let answer = search_by(&client, platform, query, &[]).await;
            answer.refused("500", "invalid Request");
        }
    }
    for path in [
        format!("{BASE}/%00"),
        format!("{BASE}/IA_%00?source=GCC"),
        format!("{BASE}/INSTAGRAM/byhandle/a%00b"),
        format!("{BASE}/YOUTUBE/byhandle/%00"),
        format!("{BASE}/gcc_locations?name=%00"),
    ] {
        let answer = client.get(&path).await;
        answer.refused("500", "invalid Request");
    }
    for route in ["locations", "locations_new"] {
        let answer = client.list(&format!("{BASE}/{route}"), &[("LIKE", "name", "\0")]).await;
        answer.refused("500", "invalid Request");
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    assert_eq!(app.count("activity_tracker").await + app.count("event_outbox").await, 0);
    untouched(&app, 0).await;
}

#[actix_web::test]
async fn numbers_and_texts_out_of_range_are_refused_or_match_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.seed_instagram(&json!({})).await;
    let digits = "9".repeat(400);
    let long = "x".repeat(60_000);
    for filter in [
        ("EQ", "followers", "9223372036854775808"),
        ("EQ", "followers", &*"9".repeat(300)),
        ("EQ", "id", "-99999999999999999999"),
        ("EQ", "name", &long),
        ("LIKE", "name", &long),
        ("EQ", "audience_age.18-24", "9223372036854775808"),
        ("LT", "dateOfBirth", "0000-01-01"),
    ] {
        let answer = search_by(&client, "INSTAGRAM", "", &[filter]).await.success();
        assert_eq!(super::found(&answer), [0; 0], "{}", filter.1);
    }
    for filter in [
        ("EQ", "followers", &*digits),
        ("EQ", "dateOfBirth", "99999-01-01"),
        ("EQ", "dateOfBirth", "-001-01-01"),
        ("EQ", "dateOfBirth", " 990-01-02"),
    ] {
        search_by(&client, "INSTAGRAM", "", &[filter]).await.refused("500", "invalid Request");
    }
    untouched(&app, 1).await;
}

#[actix_web::test]
async fn a_body_full_of_conditions_or_values_is_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = app.seed_instagram(&json!({})).await;
    let id = account.to_string();
    let filter = json!({"filterType": "EQ", "field": "id", "value": id});
    let body = |count| json!({"filters": vec![&filter; count]});
    let most = client.post(&search("INSTAGRAM"), &body(256)).await.success();
    assert_eq!(super::found(&most), [account]);
    for route in ["INSTAGRAM/search", "ALL/search", "locations", "locations_new"] {
        for count in [257, 35_000] {
            let answer = client.post(&format!("{BASE}/{route}"), &body(count)).await;
            answer.refused("500", "invalid Request");
        }
        let names = vec!["id"; 200_000].join(",");
        let answer = client.list(&format!("{BASE}/{route}"), &[("EQ", &names, "1")]).await;
        answer.refused("500", "invalid Request");
    }
    let values = |count| vec![id.as_str(); count].join(",");
    for count in [1_001, 200_000] {
        let answer = search_by(&client, "INSTAGRAM", "", &[("IN", "id", &values(count))]).await;
        answer.refused("500", "invalid Request");
    }
    let answer = search_by(&client, "INSTAGRAM", "", &[("IN", "id", &values(1_000))]).await;
    assert_eq!(super::found(&answer.success()), [account]);
    assert_eq!(app.consumed(10, "DISCOVERY").await, 2);
    untouched(&app, 1).await;
}

//! Trending content: a plain list over ClickHouse with accounts from PostgreSQL.

mod any_filter;
mod entries;
mod keyset;

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Column, Listing, TestApp, rows, send};

const TRENDING: &str = "/content-service/api/content/trending_content";

const COLUMNS: &[Column] = &[
    Column::text("post_id", [Some("aaa"), Some("bbb"), Some("ccc")]),
    Column::text("category", [Some("Food"), Some("Travel"), None]),
    Column::text("platform", [Some("INSTAGRAM"), Some("YOUTUBE"), Some("OTHER")]),
    Column::text("language", [Some("en"), Some("hi"), None]),
    Column::text("profile_type", [Some("CREATOR"), Some("BUSINESS"), Some("PERSONAL")]),
    Column::text("month", [Some("2024-05-01"), Some("2024-06-01"), Some("2024-07-01")]),
    Column::text("post_type", [Some("reel"), Some("video"), None]),
    Column::text("title", [Some("Masala dosa"), Some("Goa in June"), None]),
    Column::text("description", [Some("Crisp #dosa"), Some("Beaches"), None]),
    Column::number("views", [Some("10"), Some("2000000000000"), None]),
    Column::number("plays", [Some("0"), Some("7"), None]),
    Column::number("likes", [Some("5"), Some("3"), None]),
    Column::number("comments", [Some("1"), Some("2"), None]),
    Column::number("engagement", [Some("6"), Some("5"), None]),
    Column::number("engagement_rate", [Some("0.035"), Some("0.25"), None]),
    Column::number("duration", [Some("15"), Some("600"), None]),
    Column::number("platform_account_id", [Some("41"), Some("42"), None]),
    Column::number("plays_rank", [Some("1"), Some("2"), None]),
    Column::number("views_rank", [Some("2"), Some("1"), None]),
    Column::number("audience_gender.male_per", [Some("40"), Some("39.5"), None]).filter_only(),
    Column::number("audience_gender.female_per", [Some("30"), Some("60.5"), None]).filter_only(),
    Column::number("audience_age.18-24", [Some("0"), Some("12"), None]).filter_only(),
    Column::number("audience_age.65+", [Some("10"), Some("9.99"), None]).filter_only(),
];

async fn listing(app: &TestApp) -> Listing {
    Listing {
        client: app.partner(10, Plan::Free).await,
        path: TRENDING,
        payload: "trending",
        key: "postId",
        rows: ["aaa", "bbb", "ccc"],
        always: None,
    }
}

fn post(id: &str) -> Value {
    json!({
        "month": "2024-05-01", "platform": "INSTAGRAM", "post_id": id, "profile_type": "CREATOR",
        "published_at": "2024-05-03 10:00:00",
    })
}

fn with(mut row: Value, columns: Value) -> Value {
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    row
}

#[actix_web::test]
async fn every_documented_field_filters_and_sorts_by_its_type() {
    let app = TestApp::start_with_clickhouse().await;
    app.seed_clickhouse("trending_content", &rows(&json!({}), COLUMNS)).await;
    let list = listing(&app).await;
    list.check_filters(COLUMNS).await;
    list.check_sorts(COLUMNS).await;
    // Shorthands ignore their operator and its case.
    assert_eq!(list.found(&[("EQ", "audience_gender", "MALE")]).await, ["aaa"]);
    assert_eq!(list.found(&[("NEAR", "audience_gender", "FEMALE")]).await, ["bbb"]);
    assert_eq!(list.found(&[("LTE", "audience_age", "65+")]).await, ["aaa"]);
    for (field, value) in [
        ("audience_gender", "male"),
        ("audience_age", "18-25"),
        ("audience_age", "1"),
        ("audience_age.a.b", "1"),
        ("audience_age.", "1"),
        ("audience_age.18-24'", "1"),
        ("views.x", "1"),
        ("profile_social_id", "1"),
        ("post_link", "1"),
        ("thumbnail", "1"),
        ("enabled", "1"),
        ("updated_at", "1"),
        ("Views", "1"),
        ("", "1"),
    ] {
        list.refuses("", &[("EQ", field, value)]).await;
    }
    for query in ["?sortBy=enabled", "?sortBy=views,id", "?sortBy=views%20DESC--", "?sortDir=up"] {
        list.refuses(query, &[]).await;
    }
}

#[actix_web::test]
async fn ids_are_stable_exact_and_the_default_order() {
    let app = TestApp::start_with_clickhouse().await;
    let list = listing(&app).await;
    let posts: Vec<Value> = (0..5).map(|number| post(&format!("p{number}"))).collect();
    app.seed_clickhouse("trending_content", &posts).await;
    let ids = |answer: Value| -> Vec<i64> {
        let entries = answer["trending"].as_array().expect("a list").clone();
        entries.iter().map(|entry| entry["id"].as_i64().expect("an id")).collect()
    };
    let first = ids(list.client.list(TRENDING, &[]).await.success());
    assert!(first.is_sorted_by(|a, b| a > b), "{first:?}");
    assert!(first.iter().all(|id| (1..1 << 53).contains(id)), "{first:?}");
    let by_id = [("EQ", "id", first[1].to_string()), ("IN", "id", format!("{},7", first[1]))];
    for (operator, field, value) in by_id {
        let found = list.client.list(TRENDING, &[(operator, field, &value)]).await;
        assert_eq!(ids(found.success()), [first[1]]);
    }
    // The nightly reload: new rows, the same keys.
    app.clickhouse("TRUNCATE TABLE trending_content", String::new()).await;
    app.seed_clickhouse("trending_content", &posts).await;
    assert_eq!(ids(list.client.list(TRENDING, &[]).await.success()), first);
    let ascending = ids(list.client.list(&format!("{TRENDING}?sortDir=ASC"), &[]).await.success());
    assert!(ascending.is_sorted(), "{ascending:?}");
    // Equal sort values are ordered by id, in both directions.
    for direction in ["asc", "DESC"] {
        let path = format!("{TRENDING}?sortBy=views&sortDir={direction}");
        assert_eq!(ids(list.client.list(&path, &[]).await.success()), ascending);
    }
}

#[actix_web::test]
async fn texts_of_clients_are_taken_literally() {
    let app = TestApp::start_with_clickhouse().await;
    let list = listing(&app).await;
    let titles = [
        ("quotes", r#"Asha's "best" `tick` '' 'x"#),
        ("marks", "Why? How?? ?fields {id:Int64} $1 @x :y"),
        ("wild", r"50%_off\n \ \\ C:\path"),
        ("unicode", "Žluťoučký कुत्ता 🎉 ÉTÉ"),
        ("control", "line\nbreak\ttab\r\u{1}end"),
        ("inject", "x') OR 1=1 -- /* ; DROP TABLE posts"),
        ("plain", "fifty off"),
    ];
    let posts: Vec<Value> =
        titles.iter().map(|(id, title)| with(post(id), json!({"title": title}))).collect();
    app.seed_clickhouse("trending_content", &posts).await;
    for (id, title) in titles {
        assert_eq!(list.found(&[("EQ", "title", title)]).await, [id], "{title:?}");
        assert_eq!(list.found(&[("LIKE", "title", title)]).await, [id], "{title:?}");
        assert_eq!(list.found(&[("NE", "title", title)]).await.len(), 6, "{title:?}");
        let listed = format!("nothing, {title}");
        assert_eq!(list.found(&[("IN", "title", &listed)]).await, [id], "{title:?}");
        assert_eq!(list.found(&[("NOTIN", "title", &listed)]).await.len(), 6, "{title:?}");
    }
    for (text, expected) in [
        ("50%", &["wild"][..]),
        ("0%o", &[]),
        ("%", &["wild"]),
        ("_", &["wild"]),
        (r"\", &["wild"]),
        ("?", &["marks"]),
        ("'", &["inject", "quotes"]),
        ("ŽLUŤ", &["unicode"]),
        ("été", &["unicode"]),
        ("🎉", &["unicode"]),
        ("OFF", &["plain", "wild"]),
        ("\u{1}", &["control"]),
        ("' OR '1'='1", &[]),
    ] {
        assert_eq!(list.found(&[("LIKE", "title", text)]).await, expected, "{text:?}");
    }
    for field in
        ["title OR 1=1", "title) OR (1=1", "audience_age['x'] OR 1", "title--", "1=1 OR id"]
    {
        list.refuses("", &[("EQ", field, "x")]).await;
    }
    assert_eq!(list.found(&[]).await.len(), titles.len());
}

#[actix_web::test]
async fn instants_are_dates_or_rfc_3339_and_exact() {
    let app = TestApp::start_with_clickhouse().await;
    let list = listing(&app).await;
    let at = |id: &str, text: &str| with(post(id), json!({"published_at": text}));
    let posts = [
        at("old", "1970-01-01 00:00:00"),
        // Of the business time zone, UTC+05:30.
        at("midnight", "2024-04-30 18:30:00"),
        at("noon", "2024-05-01 12:00:00"),
        at("last", "2106-02-07 06:28:15"),
    ];
    app.seed_clickhouse("trending_content", &posts).await;
    let field = "published_at";
    for (operator, value, expected) in [
        ("EQ", "2024-05-01", &["midnight"][..]),
        ("GT", "2024-05-01", &["last", "noon"]),
        ("LTE", "2024-05-01T12:00:00Z", &["midnight", "noon", "old"]),
        ("EQ", "2024-05-01T17:30:00+05:30", &["noon"]),
        ("IN", "2024-05-01,2024-05-01T12:00:00Z", &["midnight", "noon"]),
        ("NOTIN", "2024-05-01, 2024-05-01T12:00:00Z", &["last", "old"]),
        ("GTE", "2024-05-01T12:00:00.5Z", &["last"]),
        ("EQ", "2024-05-01T12:00:00.5Z", &[]),
        ("IN", "2024-05-01T12:00:00.5Z", &[]),
        ("EQ", "1950-01-01", &[]),
        ("GT", "0001-01-01", &["last", "midnight", "noon", "old"]),
        ("EQ", "2200-01-01", &[]),
        ("GTE", "2200-01-01", &[]),
        ("LT", "9999-12-31", &["last", "midnight", "noon", "old"]),
        ("NOTIN", "1950-01-01,2200-01-01", &["last", "midnight", "noon", "old"]),
        ("LT", "9999-12-31T23:59:59-01:00", &["last", "midnight", "noon", "old"]),
        ("GT", "0000-01-01T00:00:00+01:00", &["last", "midnight", "noon", "old"]),
        ("GTE", "2024-05-01T11:59:60Z", &["last", "noon"]),
    ] {
        assert_eq!(list.found(&[(operator, field, value)]).await, expected, "{operator} {value}");
    }
    let order = ["last", "noon", "midnight", "old"];
    assert_eq!(list.page("?sortBy=published_at", &[]).await, order);
    for (operator, value) in [("EQ", "1714521600"), ("LIKE", "2024"), ("BOOL", "1")] {
        list.refuses("", &[(operator, field, value)]).await;
    }
}

#[actix_web::test]
async fn integers_are_exact_and_any_number_is_taken() {
    let app = TestApp::start_with_clickhouse().await;
    let list = listing(&app).await;
    let posts = [
        with(post("big"), json!({"views": 9_007_199_254_740_993_i64, "views_rank": 3})),
        with(post("max"), json!({"views": i64::MAX})),
        with(post("min"), json!({"views": i64::MIN})),
    ];
    app.seed_clickhouse("trending_content", &posts).await;
    for (operator, value, expected) in [
        ("EQ", "9007199254740993", &["big"][..]),
        ("EQ", "9007199254740992", &[]),
        ("IN", "9007199254740993", &["big"]),
        ("IN", "9007199254740992", &[]),
        ("NOTIN", "9007199254740992", &["big", "max", "min"]),
        ("IN", "9223372036854775807,-9223372036854775808", &["max", "min"]),
        ("GT", "99999999999999999999", &[]),
        ("LT", "99999999999999999999", &["big", "max", "min"]),
        ("GTE", "-0.5", &["big", "max"]),
        ("IN", "1.5,2", &[]),
    ] {
        assert_eq!(list.found(&[(operator, "views", value)]).await, expected, "{operator} {value}");
    }
    let huge = "9".repeat(400);
    list.refuses("", &[("LT", "views", &huge)]).await;
    let large = "9".repeat(300);
    assert_eq!(list.found(&[("LT", "views", &large)]).await, ["big", "max", "min"]);
    // A column without sign against a negative number.
    assert_eq!(list.found(&[("GT", "views_rank", "-1")]).await, ["big"]);
    assert_eq!(list.found(&[("NOTIN", "views_rank", "-1,4")]).await, ["big"]);
}

#[actix_web::test]
async fn conditions_are_joined_by_and_and_empty_ones_are_skipped() {
    let app = TestApp::start_with_clickhouse().await;
    app.seed_clickhouse("trending_content", &rows(&json!({}), COLUMNS)).await;
    let list = listing(&app).await;
    let both = [("GTE", "views", "10"), ("EQ", "language", "hi")];
    assert_eq!(list.found(&both).await, ["bbb"]);
    let none = [("EQ", "language", "en"), ("EQ", "language", "hi")];
    assert_eq!(list.found(&none).await, [""; 0]);
    let skipped = [("NEAR", "nonsense", ""), ("GTE", "views", ""), ("EQ", "language", "en")];
    assert_eq!(list.found(&skipped).await, ["aaa"]);
    for body in ["", "{}", r#"{"filters":null}"#, r#"{"filters":[]} rest"#] {
        let request = list.client.request(Method::POST, TRENDING).body(body);
        assert_eq!(send(request).await.success()["status"]["filteredCount"], 3, "{body:?}");
    }
    for body in ["{", "[1]", r#"{"filters":[{"value":5}]}"#, r#"{"filters":"x"}"#] {
        let answer = send(list.client.request(Method::POST, TRENDING).body(body)).await;
        assert_eq!((answer.code.as_u16(), answer.status().0.as_str()), (200, "ERROR"), "{body}");
        assert_eq!(answer.json().get("trending"), None);
    }
}

/// Worked examples 1 to 4 of the list protocol.
#[actix_web::test]
async fn pages_count_all_rows_and_a_full_page_promises_another() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let empty = client.list(TRENDING, &[]).await.success();
    let status = json!({"status": "SUCCESS", "message": "Record(s) Retrieved Successfully"});
    assert_eq!(empty, json!({"status": status, "trending": []}));
    let posts: Vec<Value> = (0..110).map(|number| post(&format!("p{number:03}"))).collect();
    app.seed_clickhouse("trending_content", &posts).await;
    let mut seen = Vec::new();
    for (query, number, next) in [
        ("cursor=1&size=50", 50, Some("2")),
        ("cursor=2&size=50", 50, Some("3")),
        ("cursor=3&size=50", 10, None),
        ("cursor=4&size=50", 0, None),
        ("size=99", 99, Some("2")),
        ("size=100", 50, Some("2")),
        ("cursor=1000", 50, Some("2")),
        ("cursor=0&size=0", 50, Some("2")),
        ("cursor=-3&size=-1", 50, Some("2")),
        ("cursor=&size=", 50, Some("2")),
        // An exactly full last page promises one more, which is empty.
        ("cursor=2&size=55", 55, Some("3")),
        ("cursor=3&size=55", 0, None),
        ("cursor=999&size=1", 0, None),
    ] {
        let answer =
            client.list(&format!("{TRENDING}?{query}&sortBy=post_id"), &[]).await.success();
        let entries = answer["trending"].as_array().expect("a list");
        assert_eq!(entries.len(), number, "{query}");
        let mut status = json!({
            "status": "SUCCESS", "message": "Record(s) Retrieved Successfully",
            "filteredCount": 110,
        });
        if let Some(next) = next {
            status = with(status, json!({"hasNextPage": true, "nextCursor": next}));
        }
        assert_eq!(answer["status"], status, "{query}");
        if query.ends_with("size=50") {
            seen.extend(entries.iter().map(|entry| entry["postId"].to_string()));
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 110);
    for (query, message) in [
        ("size=abc", "invalid size"),
        ("size=1.5", "invalid size"),
        ("cursor=x", "invalid cursor"),
        ("cursor=99999999999999999999", "invalid cursor"),
    ] {
        let answer = client.list(&format!("{TRENDING}?{query}"), &[]).await;
        let status = json!({"status": "ERROR", "message": message});
        assert_eq!((answer.code.as_u16(), answer.contract()), (200, json!({"status": status})));
    }
}

#[actix_web::test]
async fn the_newest_version_of_a_row_counts_and_disabled_rows_do_not() {
    let app = TestApp::start_with_clickhouse().await;
    let list = listing(&app).await;
    app.clickhouse("SYSTEM STOP MERGES trending_content", String::new()).await;
    let version = |views: i64, category: &str| {
        with(post("twice"), json!({"views": views, "category": category}))
    };
    app.seed_clickhouse("trending_content", &[version(1, "Food")]).await;
    app.seed_clickhouse("trending_content", &[version(2, "Travel")]).await;
    let off = with(post("off"), json!({"enabled": false}));
    app.seed_clickhouse("trending_content", &[post("off"), post("never")]).await;
    app.seed_clickhouse("trending_content", &[off]).await;
    assert_eq!(list.found(&[]).await, ["never", "twice"]);
    assert_eq!(list.found(&[("EQ", "category", "Food")]).await, [""; 0]);
    assert_eq!(list.found(&[("EQ", "views", "1")]).await, [""; 0]);
    assert_eq!(list.found(&[("EQ", "views", "2")]).await, ["twice"]);
    let answer = list.client.list(&format!("{TRENDING}?size=1"), &[]).await.success();
    assert_eq!(answer["status"]["filteredCount"], 2);
}

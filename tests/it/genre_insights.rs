//! Genre overview: a plain list over ClickHouse, and its split by language.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use crate::support::{Client, Column, Listing, TestApp, rows};

const SEARCH: &str = "/genre-insights-service/api/genre/search";

const COLUMNS: &[Column] = &[
    Column::text("category", [Some("Beauty"), Some("Food"), Some("Travel")]),
    Column::text("month", [Some("2024-05-01"), Some("2024-06-01"), Some("ALL")]),
    Column::text("platform", [Some("INSTAGRAM"), Some("YOUTUBE"), Some("ALL")]),
    Column::text("language", [Some("en"), Some("hi"), Some("ALL")]),
    Column::text("profile_type", [Some("BUSINESS"), Some("CREATOR"), Some("ALL")]),
    Column::text("country", [Some("IN"), Some("US"), None]),
    Column::number("creators", [Some("3"), Some("40"), Some("12")]),
    Column::number("uploads", [Some("0"), Some("9"), None]),
    Column::number("views", [Some("10"), Some("9007199254740993"), None]),
    Column::number("plays", [Some("20"), Some("7"), None]),
    Column::number("followers", [Some("100"), Some("2000"), None]),
    Column::number("likes", [Some("5"), Some("3"), None]),
    Column::number("comments", [Some("1"), Some("2"), None]),
    Column::number("engagement", [Some("6"), Some("5"), None]),
    Column::number("engagement_rate", [Some("0.035"), Some("0.25"), None]),
    Column::number("audience_gender.male_per", [Some("40"), Some("39.5"), None]).filter_only(),
    Column::number("audience_gender.female_per", [Some("30"), Some("60.5"), None]).filter_only(),
    Column::number("audience_age.65+", [Some("10"), Some("0"), None]).filter_only(),
    Column::number("audience_age_gender.male.18-24", [Some("0"), Some("12.5"), None]).filter_only(),
    Column::number("audience_age_gender.female.65+", [Some("7"), Some("3"), None]).filter_only(),
];

fn genre(columns: Value) -> Value {
    let mut row = json!({
        "month": "ALL", "platform": "ALL", "category": "ALL", "language": "ALL",
        "profile_type": "ALL", "creators": 1,
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    row
}

#[actix_web::test]
async fn every_documented_field_filters_and_sorts_by_its_type() {
    let app = TestApp::start_with_clickhouse().await;
    app.seed_clickhouse("genre_overview", &rows(&json!({}), COLUMNS)).await;
    let list = Listing {
        client: app.partner(10, Plan::Free).await,
        path: SEARCH,
        payload: "genre",
        key: "category",
        rows: ["Beauty", "Food", "Travel"],
        always: None,
    };
    list.check_filters(COLUMNS).await;
    list.check_sorts(COLUMNS).await;
    assert_eq!(list.found(&[("EQ", "audience_gender", "MALE")]).await, ["Beauty"]);
    assert_eq!(list.found(&[("EQ", "audience_gender", "FEMALE")]).await, ["Food"]);
    assert_eq!(list.found(&[("", "audience_age", "65+")]).await, ["Beauty"]);
    // Months are texts here.
    assert_eq!(list.found(&[("EQ", "month", "ALL")]).await, ["Travel"]);
    assert_eq!(list.found(&[("LIKE", "month", "2024")]).await, ["Beauty", "Food"]);
    for (field, value) in [
        ("audience_gender", "male"),
        ("audience_gender", "40"),
        ("audience_age", "18-25"),
        ("audience_age.male.18-24", "1"),
        ("audience_age_gender", "1"),
        ("audience_age_gender.male", "1"),
        ("audience_age_gender.other.18-24", "1"),
        ("audience_age_gender.male.18-24.x", "1"),
        ("audience_age_gender.male'].18-24", "1"),
        ("enabled", "1"),
        ("updated_at", "2024-05-01"),
        ("category OR 1=1", "x"),
    ] {
        list.refuses("", &[("EQ", field, value)]).await;
    }
    for query in ["?sortBy=enabled", "?sortBy=views;", "?sortBy=1", "?sortDir=DESC,id"] {
        list.refuses(query, &[]).await;
    }
    let id = list.client.list(SEARCH, &[("EQ", "category", "Food")]).await.success();
    let id = id["genre"][0]["id"].as_i64().filter(|id| (1..1 << 53).contains(id)).expect("an id");
    assert_eq!(list.found(&[("EQ", "id", &id.to_string())]).await, ["Food"]);
    let by_id = list.page("?sortBy=id&sortDir=asc", &[]).await;
    assert_eq!(list.page("", &[]).await, by_id.into_iter().rev().collect::<Vec<_>>());
}

#[actix_web::test]
async fn an_entry_has_the_documented_members() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let full = genre(json!({
        "month": "2024-05-01", "platform": "YOUTUBE", "category": "Food", "language": "hi",
        "profile_type": "CREATOR", "country": "IN", "creators": 3, "uploads": 4, "views": 5,
        "plays": 6, "followers": 7, "likes": 8, "comments": 9, "engagement": 17,
        "engagement_rate": 0.25, "audience_gender": {"male_per": 60.5, "female_per": 39.5},
        "audience_age": {"18-24": 12.0},
        "audience_age_gender": {"male": {"18-24": 12.0}, "other": {"18-24": 1.0}},
    }));
    app.seed_clickhouse("genre_overview", &[full, genre(json!({}))]).await;
    let entry = async |category| {
        let answer = client.list(SEARCH, &[("EQ", "category", category)]).await.success();
        assert_eq!(answer["status"]["message"], "Record(s) Retrieved Successfully");
        let mut entry = answer["genre"][0].clone();
        entry.as_object_mut().and_then(|entry| entry.remove("id")).expect("an id");
        entry
    };
    let expected = json!({
        "category": "Food", "month": "2024-05-01", "platform": "YOUTUBE", "country": "IN",
        "language": "hi", "profileType": "CREATOR", "creators": 3, "uploads": 4, "views": 5,
        "plays": 6, "followers": 7, "likes": 8, "comments": 9, "engagement": 17,
        "engagementRate": 25.0, "audienceAgeGender": {"male": {"18-24": 12.0}},
        "audienceGender": {"male_per": 60.5, "female_per": 39.5},
    });
    assert_eq!(entry("Food").await, expected);
    let expected = json!({
        "category": "ALL", "month": "ALL", "platform": "ALL", "language": "ALL",
        "profileType": "ALL", "creators": 1, "engagement": null, "engagementRate": null,
        "audienceAgeGender": {},
    });
    assert_eq!(entry("ALL").await, expected);
}

#[actix_web::test]
async fn pages_follow_the_list_protocol_for_callers_of_any_plan() {
    let app = TestApp::start_with_clickhouse().await;
    assert_eq!(app.anonymous().list(SEARCH, &[]).await.code, 401);
    let client = app.partner(10, Plan::Free).await;
    let empty = client.list(SEARCH, &[]).await.success();
    assert_eq!((&empty["status"]["filteredCount"], &empty["genre"]), (&Value::Null, &json!([])));
    let genres: Vec<Value> =
        (0..55).map(|number| genre(json!({"category": format!("c{number:02}")}))).collect();
    app.seed_clickhouse("genre_overview", &genres).await;
    for (query, number, next) in [
        ("", 50, json!("2")),
        ("?cursor=2", 5, Value::Null),
        ("?cursor=5&size=11", 11, json!("6")),
        ("?cursor=6&size=11", 0, Value::Null),
    ] {
        let answer = client.list(&format!("{SEARCH}{query}"), &[]).await.success();
        assert_eq!(answer["genre"].as_array().map(Vec::len), Some(number), "{query}");
        assert_eq!(answer["status"]["filteredCount"], 55, "{query}");
        assert_eq!(answer["status"]["nextCursor"], next, "{query}");
        assert_eq!(answer["status"]["hasNextPage"], json!(next.is_string().then_some(true)));
    }
    let bad = client.list(&format!("{SEARCH}?cursor=two"), &[]).await;
    let status = json!({"status": "ERROR", "message": "invalid cursor"});
    assert_eq!(bad.contract(), json!({"status": status}));
}

#[actix_web::test]
async fn the_newest_version_of_a_row_counts_and_disabled_rows_do_not() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    app.clickhouse("SYSTEM STOP MERGES genre_overview", String::new()).await;
    let food = |views: i64, enabled: bool| {
        genre(json!({"category": "Food", "language": "hi", "views": views, "enabled": enabled}))
    };
    let views = async || {
        let answer = client.list(SEARCH, &[]).await.success();
        let path = "/genre-insights-service/api/genre/ALL/language_split";
        let split = client.list(path, &[]).await.success();
        assert_eq!(split["status"]["filteredCount"], answer["status"]["filteredCount"]);
        answer["genre"].clone()
    };
    app.seed_clickhouse("genre_overview", &[food(1, true)]).await;
    app.seed_clickhouse("genre_overview", &[food(2, true)]).await;
    let found = views().await;
    assert_eq!((found.as_array().map(Vec::len), &found[0]["views"]), (Some(1), &json!(2)));
    app.seed_clickhouse("genre_overview", &[food(3, false)]).await;
    assert_eq!(views().await, json!([]));
}

/// Views by language of each platform in an answer, in order.
async fn split(client: &Client, path: &str, filters: &[(&str, &str, &str)]) -> Value {
    let path = format!("/genre-insights-service/api/genre/{path}");
    let answer = client.list(&path, filters).await.success();
    let mut short = json!({"count": answer["status"]["filteredCount"]});
    for (platform, entries) in answer["genre"].as_object().expect("an object") {
        let entry = |entry: &Value| {
            assert_eq!(entry["platform"].as_str(), Some(platform.to_uppercase().as_str()));
            assert_eq!(entry["audienceAgeGender"], json!({}));
            assert_eq!(entry.get("audienceGender"), None);
            let language = entry["language"].as_str().expect("a language");
            format!("{language} {}", entry["views"])
        };
        short[platform] = entries.as_array().expect("a list").iter().map(entry).collect();
    }
    let status = answer["status"].as_object().expect("a status");
    assert!(!status.contains_key("nextCursor") && !status.contains_key("hasNextPage"));
    short
}

async fn seed_languages(app: &TestApp) {
    let of = |platform: &str, language: &str, views: i64| {
        genre(json!({
            "platform": platform, "language": language, "views": views, "category": "Food",
            "audience_gender": {"male_per": 60.0}, "audience_age_gender": {"male": {"18-24": 1.0}},
        }))
    };
    let mut genres = Vec::new();
    for (language, views) in [("en", 100), ("hi", 80), ("ta", 60), ("te", 40)] {
        genres.push(of("ALL", language, views));
        genres.push(of("INSTAGRAM", language, views / 4));
        genres.push(of("YOUTUBE", language, views / 4 * 3));
    }
    // A language that no row over both platforms has.
    genres.push(of("YOUTUBE", "bn", 1000));
    app.seed_clickhouse("genre_overview", &genres).await;
}

#[actix_web::test]
async fn a_split_of_one_platform_is_its_page() {
    let app = TestApp::start_with_clickhouse().await;
    seed_languages(&app).await;
    let client = app.partner(10, Plan::Free).await;
    let by_views = "language_split?sortBy=views";
    assert_eq!(
        split(&client, &format!("youtube/{by_views}"), &[]).await,
        json!({"count": 5, "youtube": ["bn 1000", "en 75", "hi 60", "ta 45", "te 30"]})
    );
    assert_eq!(
        split(&client, &format!("INSTAGRAM/{by_views}&cursor=2&size=3"), &[]).await,
        json!({"count": 4, "instagram": ["te 10"]})
    );
    let none = split(&client, "INSTAGRAM/language_split", &[("EQ", "platform", "YOUTUBE")]).await;
    assert_eq!(none, json!({"count": null}));
    let hindi = [("EQ", "language", "hi")];
    assert_eq!(
        split(&client, "Instagram/language_split", &hindi).await,
        json!({"count": 1, "instagram": ["hi 20"]})
    );
}

#[actix_web::test]
async fn a_split_of_all_shows_both_platforms_in_the_languages_of_its_page() {
    let app = TestApp::start_with_clickhouse().await;
    seed_languages(&app).await;
    let client = app.partner(10, Plan::Free).await;
    let path = "ALL/language_split?sortBy=views&size=2";
    assert_eq!(
        split(&client, path, &[]).await,
        json!({"count": 4, "instagram": ["en 25", "hi 20"], "youtube": ["en 75", "hi 60"]})
    );
    assert_eq!(
        split(&client, &format!("{path}&cursor=2"), &[]).await,
        json!({"count": 4, "instagram": ["ta 15", "te 10"], "youtube": ["ta 45", "te 30"]})
    );
    assert_eq!(split(&client, &format!("{path}&cursor=3"), &[]).await, json!({"count": 4}));
    let listed = [("IN", "language", "ta,bn"), ("GTE", "month", "ALL")];
    assert_eq!(
        split(&client, path, &listed).await,
        json!({"count": 1, "instagram": ["ta 15"], "youtube": ["ta 45"]})
    );
    // Conditions apply to the rows of the platforms too.
    let popular = [("GTE", "views", "60")];
    assert_eq!(
        split(&client, path, &popular).await,
        json!({"count": 3, "youtube": ["en 75", "hi 60"]})
    );
    let nothing = [("EQ", "category", "Cars")];
    assert_eq!(split(&client, "all/language_split", &nothing).await, json!({"count": null}));
}

#[actix_web::test]
async fn a_split_refuses_what_a_search_refuses_with_an_empty_object() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let failed = |message| json!({"status": {"status": "500", "message": message}, "genre": {}});
    let base = "/genre-insights-service/api/genre";
    for platform in ["TIKTOK", "YOUTUBE%20", "0", "INSTAGRAM,YOUTUBE"] {
        let answer = client.list(&format!("{base}/{platform}/language_split"), &[]).await;
        assert_eq!(answer.contract(), failed("invalid platform"), "{platform}");
    }
    let path = format!("{base}/ALL/language_split");
    for filters in [[("EQ", "nonsense", "1")], [("EQ", "views", "many")]] {
        assert_eq!(client.list(&path, &filters).await.contract(), failed("invalid Request"));
    }
    let sorted = client.list(&format!("{path}?sortBy=nonsense"), &[]).await;
    assert_eq!(sorted.contract(), failed("invalid Request"));
    assert_eq!(app.anonymous().list(&path, &[]).await.code, 401);
}

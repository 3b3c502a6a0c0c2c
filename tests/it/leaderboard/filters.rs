//! The list protocol on the leaderboard.

use serde_json::{Value, json};

use super::{LEADERBOARD, MAY, board, ranked, saas};
use crate::support::{Column, Listing, TestApp, rows};

const COLUMNS: &[Column] = &[
    Column::number("platform_profile_id", [Some("1"), Some("2"), Some("3")]),
    Column::text("platform_id", [Some("p1"), Some("p2"), Some("p3")]),
];

const FILTERS: &[Column] = &[
    Column::date("month", [Some("2024-05-01"), Some("2024-06-01"), Some("2024-07-01")]),
    Column::text("category", [Some("Food"), Some("Travel"), None]),
    Column::text("language", [Some("en"), Some("hi"), None]),
    Column::text("profile_type", [Some("CREATOR"), Some("BUSINESS"), Some("PERSONAL")]),
    Column::text("country", [Some("IN"), Some("US"), None]),
    Column::text("handle", [Some("asha's_100%"), Some("goa?"), None]),
    Column::text("search_phrase", [Some("asha rao"), Some("goa diaries"), None]),
    Column::text("profile_platform", [Some("IA"), Some("YA"), Some("ZZ")]),
    Column::number("followers", [Some("100"), Some("3000000000"), None]),
    Column::number("prev_followers", [Some("90"), Some("40"), None]),
    Column::number("followers_change", [Some("-10"), Some("5"), None]),
    Column::number("engagement_rate", [Some("0.035"), Some("0.25"), None]),
    Column::number("avg_likes", [Some("1.5"), Some("7"), None]),
    Column::number("avg_comments", [Some("2.25"), Some("0.5"), None]),
    Column::number("avg_views", [Some("10"), Some("20.5"), None]),
    Column::number("avg_plays", [Some("11"), Some("21.5"), None]),
    Column::number("views", [Some("12"), Some("22"), None]),
    Column::number("plays", [Some("13"), Some("23"), None]),
    Column::number("likes", [Some("14"), Some("24"), None]),
    Column::number("comments", [Some("15"), Some("25"), None]),
    Column::number("engagement", [Some("16"), Some("26"), None]),
    Column::number("uploads", [Some("0"), Some("27"), None]),
    Column::number("followers_rank", [Some("1"), Some("2"), None]),
    Column::number("followers_change_rank", [Some("2"), Some("1"), None]),
    Column::number("views_rank", [Some("3"), Some("4"), None]),
    Column::number("plays_rank", [Some("5"), Some("6"), None]),
    Column::number("audience_gender.male_per", [Some("40"), Some("39.5"), None]),
    Column::number("audience_gender.female_per", [Some("30"), Some("60.5"), None]),
    Column::number("audience_age.65+", [Some("10"), Some("0"), None]),
];

#[actix_web::test]
async fn every_documented_field_filters_by_its_type() {
    let app = TestApp::start_with_clickhouse().await;
    let seeded: Vec<Value> = rows(&json!({"platform": "INSTAGRAM"}), FILTERS)
        .into_iter()
        .zip(rows(&json!({}), COLUMNS))
        .map(|(row, key)| super::with(row, key))
        .collect();
    app.seed_clickhouse("leaderboard", &seeded).await;
    let list = Listing {
        client: saas(&app).await,
        path: "/leaderboard-service/api/leaderboard/INSTAGRAM",
        payload: "profiles",
        key: "platformCode",
        rows: ["1", "2", "3"],
        always: Some(("GTE", "month", "1970-01-01")),
    };
    list.check_filters(FILTERS).await;
    let any = ("GTE", "month", "1970-01-01");
    assert_eq!(list.found(&[any, ("EQ", "platform_profile_id", "2")]).await, ["2"]);
    assert_eq!(list.found(&[any, ("EQ", "audience_gender", "MALE")]).await, ["1"]);
    assert_eq!(list.found(&[any, ("EQ", "audience_gender", "FEMALE")]).await, ["2"]);
    assert_eq!(list.found(&[any, ("GT", "audience_age", "65+")]).await, ["1"]);
    for (field, value) in [
        ("audience_gender", "male"),
        ("audience_age", "0-99"),
        ("audience_age.65+.x", "1"),
        ("audience_age.65+' OR 1", "1"),
        ("platform_id", "p1"),
        ("current_month_ranks.views_rank", "1"),
        ("enabled", "1"),
        ("id", "1"),
        ("followers) OR (1=1", "1"),
    ] {
        list.refuses("", &[any, ("EQ", field, value)]).await;
    }
    // The order is the metric's: no direction changes it, but a wrong one is refused.
    list.refuses("?sortDir=up", &[any]).await;
    let sorted = list.page("?sortBy=plays&sortDir=desc", &[any]).await;
    assert_eq!(sorted, ["1", "2", "3"]);
}

#[actix_web::test]
async fn the_platform_of_the_path_decides_and_its_case_does_not() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let of = |account: i64, platform: &str| ranked(account, json!({"platform": platform}));
    let seeded = [of(1, "INSTAGRAM"), of(2, "YOUTUBE"), of(3, "ALL")];
    app.seed_clickhouse("leaderboard", &seeded).await;
    for (path, code) in [("instagram", "1"), ("YouTube", "2"), ("ALL", "3"), ("all", "3")] {
        let other = ("EQ", "platform", "YOUTUBE");
        for filters in [&[MAY][..], &[MAY, other], &[MAY, ("NEAR", "platform", "x")]] {
            let answer = board(&client, path, filters).await;
            assert_eq!(answer["status"]["filteredCount"], 1, "{path}");
            assert_eq!(answer["profiles"][0]["platformCode"], code, "{path}");
        }
    }
    for path in ["TIKTOK", "IA", "0", "INSTAGRAM%27"] {
        let answer = client.list(&format!("{LEADERBOARD}/{path}"), &[MAY]).await;
        let status = json!({"status": "500", "message": "invalid platform"});
        assert_eq!(answer.contract(), json!({"status": status, "profiles": []}), "{path}");
    }
}

#[actix_web::test]
async fn the_newest_version_of_a_row_counts_and_disabled_rows_do_not() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    for table in ["leaderboard", "social_profile_time_series"] {
        app.clickhouse(&format!("SYSTEM STOP MERGES {table}"), String::new()).await;
    }
    let version = |category: &str, followers: i64, enabled: bool| {
        let columns = json!({"category": category, "followers": followers, "enabled": enabled});
        ranked(1, columns)
    };
    let point = |followers: i64, enabled: bool| {
        json!({
            "platform": "INSTAGRAM", "platform_profile_id": 1, "platform_id": "p1",
            "monthly_stats": false, "date": "2024-05-05", "followers": followers,
            "enabled": enabled,
        })
    };
    for followers in [10, 20] {
        let category = if followers == 10 { "Food" } else { "Travel" };
        app.seed_clickhouse("leaderboard", &[version(category, followers, true)]).await;
        app.seed_clickhouse("social_profile_time_series", &[point(followers, true)]).await;
    }
    let answer = board(&client, "INSTAGRAM", &[MAY]).await;
    assert_eq!(answer["status"]["filteredCount"], 1);
    let entry = &answer["profiles"][0];
    assert_eq!(entry["leaderboardMetrics"]["metrics"]["followers"], 20);
    assert_eq!(entry["followerGraph"]["2024-05-05"], 20);
    let replaced = board(&client, "INSTAGRAM", &[MAY, ("EQ", "category", "Food")]).await;
    assert_eq!(replaced["profiles"], json!([]));
    app.seed_clickhouse("social_profile_time_series", &[point(30, false)]).await;
    let answer = board(&client, "INSTAGRAM", &[MAY]).await;
    assert_eq!(answer["profiles"][0].get("followerGraph"), None);
    app.seed_clickhouse("leaderboard", &[version("Travel", 30, false)]).await;
    let answer = board(&client, "INSTAGRAM", &[MAY]).await;
    assert_eq!(
        (&answer["status"]["filteredCount"], &answer["profiles"]),
        (&Value::Null, &json!([]))
    );
}

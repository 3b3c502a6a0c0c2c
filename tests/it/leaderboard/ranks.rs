//! What is a rank, and what a change of it.

use chrono::{Datelike as _, Days, Utc};
use chrono_tz::Asia::Kolkata;
use serde_json::{Value, json};

use super::{MAY, board, members, ranked, saas};
use crate::support::TestApp;

/// Worked example 13.
#[actix_web::test]
async fn the_first_row_of_the_second_page_of_ten_has_rank_11() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let food = |number: i64| {
        ranked(
            number,
            json!({
                "category": "Food", "plays_rank": 100 + number,
                "current_month_ranks": {"plays_rank_by_cat": number},
                "last_month_ranks": {"plays_rank_by_cat": 15, "plays_rank": 99},
                "prev_followers": 200_000, "followers_change": 5_000,
            }),
        )
    };
    let mut seeded: Vec<Value> = (1..=21).map(food).collect();
    seeded.push(ranked(99, json!({"category": "Travel", "plays_rank": 1})));
    app.seed_clickhouse("leaderboard", &seeded).await;
    let filters = [MAY, ("EQ", "category", "Food")];
    let page = board(&client, "INSTAGRAM?sortBy=plays&cursor=2&size=10", &filters).await;
    let first = &page["profiles"][0];
    assert_eq!((&first["rank"], &first["rankchange"]), (&json!(11), &json!(4)));
    assert_eq!(first["platformCode"], "11");
    assert_eq!(first["leaderboardMetrics"]["metrics"]["followerGrowthPercentage"], 2.5);
    let status = json!({
        "status": "SUCCESS", "message": "Leaderbaord Retrieved", "filteredCount": 21,
        "hasNextPage": true, "nextCursor": "3",
    });
    assert_eq!(page["status"], status);
    let last = board(&client, "INSTAGRAM?sortBy=plays&cursor=3&size=10", &filters).await;
    assert_eq!(last["profiles"][0]["rank"], 21);
    assert_eq!(last["profiles"][0]["rankchange"], -6);
    assert_eq!(last["status"].get("nextCursor"), None);
}

#[actix_web::test]
async fn a_full_last_page_promises_nothing_and_pages_never_overlap() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    // No ranks at all: only the id orders them.
    let seeded: Vec<Value> = (1..=110).map(|number| ranked(number, json!({}))).collect();
    app.seed_clickhouse("leaderboard", &seeded).await;
    let mut seen = Vec::new();
    for (query, number, next) in [
        ("cursor=1&size=55", 55, json!("2")),
        ("cursor=2&size=55", 55, Value::Null),
        ("cursor=3&size=55", 0, Value::Null),
        ("size=99", 99, json!("2")),
        ("size=100", 50, json!("2")),
        ("cursor=1000&size=0", 50, json!("2")),
        ("cursor=-1&size=-1", 50, json!("2")),
        ("cursor=999&size=1", 0, Value::Null),
    ] {
        let page = board(&client, &format!("INSTAGRAM?{query}"), &[MAY]).await;
        let entries = page["profiles"].as_array().expect("a list");
        assert_eq!(entries.len(), number, "{query}");
        assert_eq!(page["status"]["filteredCount"], 110, "{query}");
        assert_eq!(page["status"]["nextCursor"], next, "{query}");
        assert_eq!(page["status"]["hasNextPage"], json!(next.is_string().then_some(true)));
        if query.ends_with("size=55") {
            seen.extend(entries.iter().map(|entry| (entry["id"].as_i64(), entry["rank"].as_u64())));
        }
    }
    let ranks: Vec<u64> = seen.iter().filter_map(|(_, rank)| *rank).collect();
    assert_eq!(ranks, (1..=110).collect::<Vec<_>>());
    assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "unranked rows are ordered by id");
    for (query, message) in [("size=ten", "invalid size"), ("cursor=1.0", "invalid cursor")] {
        let path = format!("{}/INSTAGRAM?{query}", super::LEADERBOARD);
        let answer = client.list(&path, &[MAY]).await;
        let status = json!({"status": "ERROR", "message": message});
        assert_eq!(answer.contract(), json!({"status": status}));
    }
}

#[actix_web::test]
async fn the_sort_chooses_the_metric_and_best_ranks_come_first() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let row = |account: i64, ranks: [Option<i64>; 4]| {
        ranked(
            account,
            json!({
                "plays_rank": ranks[0], "views_rank": ranks[1], "followers_rank": ranks[2],
                "followers_change_rank": ranks[3],
                "last_month_ranks": {
                    "plays_rank": 10, "views_rank": 20, "followers_rank": 30,
                    "followers_change_rank": 40,
                },
            }),
        )
    };
    let seeded = [
        row(1, [Some(1), Some(2), None, Some(3)]),
        row(2, [Some(2), None, Some(1), Some(1)]),
        row(3, [None, Some(1), Some(2), Some(2)]),
    ];
    app.seed_clickhouse("leaderboard", &seeded).await;
    for (query, order, last) in [
        ("?sortBy=plays", ["1", "2", "3"], 10),
        ("?sortBy=views", ["3", "1", "2"], 20),
        ("?sortBy=followers_lifetime", ["2", "3", "1"], 30),
        ("?sortBy=followers", ["2", "3", "1"], 40),
        ("?sortBy=anything%20else", ["2", "3", "1"], 40),
        ("", ["2", "3", "1"], 40),
        ("?sortBy=plays&sortDir=DESC", ["1", "2", "3"], 10),
    ] {
        let answer = board(&client, &format!("INSTAGRAM{query}"), &[MAY]).await;
        for (index, code) in order.into_iter().enumerate() {
            let entry = &answer["profiles"][index];
            assert_eq!(entry["platformCode"], code, "{query}");
            assert_eq!(entry["rank"], index + 1, "{query}");
            assert_eq!(entry["rankchange"], last - 1 - i64::try_from(index).expect("small"));
        }
    }
}

#[actix_web::test]
async fn the_filtered_dimensions_choose_the_scope_of_the_last_rank() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let scopes = [
        ("", 11),
        ("_by_cat", 12),
        ("_by_lang", 13),
        ("_by_profile", 14),
        ("_by_cat_lang", 15),
        ("_by_cat_profile", 16),
        ("_by_lang_profile", 17),
        ("_by_cat_lang_profile", 18),
    ];
    let mut last = json!({});
    for (metric, offset) in [("plays_rank", 0), ("followers_rank", 100)] {
        for (scope, rank) in scopes {
            last[format!("{metric}{scope}")] = json!(rank + offset);
        }
    }
    let columns = json!({"category": "Food", "language": "hi", "last_month_ranks": last});
    app.seed_clickhouse("leaderboard", &[ranked(1, columns)]).await;
    let (category, language) = (("EQ", "category", "Food"), ("IN", "language", "en,hi"));
    let profile = ("LIKE", "profile_type", "creator");
    let empty = ("EQ", "category", "");
    for (filters, last) in [
        (&[][..], 11),
        (&[empty], 11),
        (&[category], 12),
        (&[language], 13),
        (&[empty, profile], 14),
        (&[language, category], 15),
        (&[profile, category], 16),
        (&[language, profile], 17),
        (&[profile, language, category], 18),
    ] {
        let filters: Vec<_> = [MAY].iter().chain(filters).copied().collect();
        for (sort, offset) in [("plays", 0), ("followers_lifetime", 100)] {
            let path = format!("INSTAGRAM?sortBy={sort}");
            let change = members(&client, &path, &filters, "rankchange").await;
            assert_eq!(change, [json!(last + offset - 1)], "{filters:?}");
        }
    }
}

#[actix_web::test]
async fn a_thinned_out_list_shows_stored_ranks() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let row = |account: i64, columns: Value| {
        let base = json!({
            "category": "Food", "handle": "asha", "search_phrase": "asha rao", "country": "IN",
            "followers": 100, "plays_rank": account, "audience_gender": {"male_per": 50.0},
            "audience_age": {"18-24": 50.0},
        });
        ranked(account, super::with(base, columns))
    };
    let ranks = json!({
        "current_month_ranks": {"plays_rank": 40, "plays_rank_by_cat": 7},
        "last_month_ranks": {"plays_rank": 45, "plays_rank_by_cat": 4},
    });
    let unranked = json!({
        "current_month_ranks": {"views_rank": 3},
        "last_month_ranks": {"plays_rank": 45, "plays_rank_by_cat": 9},
    });
    let new = json!({"current_month_ranks": {"plays_rank": 41, "plays_rank_by_cat": 8}});
    let seeded = [row(1, ranks), row(2, unranked), row(3, new)];
    app.seed_clickhouse("leaderboard", &seeded).await;
    let shown = async |filters: &[(&str, &str, &str)]| {
        let filters: Vec<_> = [MAY].iter().chain(filters).copied().collect();
        let answer = board(&client, "INSTAGRAM?sortBy=plays", &filters).await;
        let entries = answer["profiles"].as_array().expect("a list").clone();
        let rank = |entry: &Value| (entry["rank"].as_i64(), entry["rankchange"].as_i64());
        entries.iter().map(rank).collect::<Vec<_>>()
    };
    let positions = [(Some(1), Some(44)), (Some(2), Some(43)), (Some(3), None)];
    let stored = [(Some(40), Some(5)), (Some(0), None), (Some(41), None)];
    for filters in [&[][..], &[("EQ", "handle", "")], &[("EQ", "platform", "YOUTUBE")]] {
        assert_eq!(shown(filters).await, positions, "{filters:?}");
    }
    for narrowing in [
        ("LIKE", "search_phrase", "ASHA"),
        ("GTE", "followers", "1"),
        ("EQ", "handle", "asha"),
        ("EQ", "country", "IN"),
        ("EQ", "profile_platform", "IA"),
        ("EQ", "audience_gender", "MALE"),
        ("GTE", "audience_age.18-24", "10"),
        ("GTE", "plays_rank", "1"),
    ] {
        assert_eq!(shown(&[narrowing]).await, stored, "{narrowing:?}");
    }
    let scoped = [("EQ", "category", "Food"), ("LIKE", "search_phrase", "rao")];
    let stored = [(Some(7), Some(-3)), (Some(0), None), (Some(8), None)];
    assert_eq!(shown(&scoped).await, stored);
}

#[actix_web::test]
async fn the_month_before_in_the_business_zone_is_the_default() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let today = Utc::now().with_timezone(&Kolkata).date_naive();
    let this_month = today - Days::new(u64::from(today.day0()));
    let last_day = this_month - Days::new(1);
    let last_month = last_day - Days::new(u64::from(last_day.day0()));
    let of = |account: i64, month: &str| ranked(account, json!({"month": month}));
    let seeded = [
        of(1, &last_month.to_string()),
        of(2, &this_month.to_string()),
        of(3, "2024-05-01"),
        of(4, "2024-06-01"),
    ];
    app.seed_clickhouse("leaderboard", &seeded).await;
    for (filters, codes) in [
        (&[][..], &["1"][..]),
        (&[("EQ", "month", "")], &["1"]),
        (&[MAY], &["3"]),
        (&[("IN", "month", "2024-06-01,2024-05-01")], &["3", "4"]),
        (&[("GTE", "month", "2024-05-01"), ("LT", "month", "2024-07-01")], &["3", "4"]),
        (&[("NE", "month", "2024-05-01"), ("LTE", "month", "2024-12-31")], &["4"]),
        (&[("LT", "month", "2200-01-01")], &["1", "2", "3", "4"]),
        (&[("GT", "month", "1900-01-01")], &["1", "2", "3", "4"]),
        (&[("EQ", "month", "2024-05-02")], &[]),
    ] {
        let mut found = members(&client, "INSTAGRAM", filters, "platformCode").await;
        found.sort_by_key(Value::to_string);
        assert_eq!(found, codes, "{filters:?}");
    }
    for value in ["ALL", "2024-05", "2024-5-1", "May 2024", "2024-05-01,2024-06-01", ","] {
        let path = format!("{}/INSTAGRAM", super::LEADERBOARD);
        let answer = client.list(&path, &[("EQ", "month", value)]).await;
        let status = json!({"status": "500", "message": "invalid Request"});
        assert_eq!(answer.contract(), json!({"status": status, "profiles": []}), "{value}");
    }
}

//! Weekly series between the anchors of the window.

use serde_json::{Value, json};

use super::{MAY, board, ranked, saas};
use crate::support::{Client, TestApp};

const SERIES: &str = "social_profile_time_series";

fn week(platform: &str, account: i64, date: &str, columns: Value) -> Value {
    let row = json!({
        "platform": platform, "platform_profile_id": account, "monthly_stats": false,
        "platform_id": format!("p{account}"), "date": date,
    });
    super::with(row, columns)
}

/// The three graphs of the entry of this account.
async fn graphs(client: &Client, path: &str, account: i64) -> [Value; 3] {
    let answer = board(client, path, &[MAY]).await;
    let entries = answer["profiles"].as_array().expect("a list");
    let code = account.to_string();
    let entry = entries.iter().find(|entry| entry["platformCode"] == *code).expect("listed");
    ["followerGraph", "viewGraph", "playsGraph"].map(|name| entry[name].clone())
}

#[actix_web::test]
async fn each_platform_has_its_own_graphs_with_anchors_at_both_ends() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let figures = json!({
        "prev_followers": 100, "followers": 140, "prev_views": 1000, "views": 50,
        "prev_plays": 2000, "plays": 70,
    });
    let youtube = json!({"platform": "YOUTUBE", "profile_platform": "YA"});
    let seeded = [
        ranked(7, figures.clone()),
        ranked(7, super::with(figures, youtube)),
        ranked(8, json!({"followers": 5})),
        ranked(9, json!({"followers": 5})),
    ];
    app.seed_clickhouse("leaderboard", &seeded).await;
    let totals = |followers: i64| json!({"followers": followers, "views_total": followers * 2, "plays_total": followers * 3});
    let monthly = super::with(totals(1), json!({"monthly_stats": true}));
    let points = [
        week("INSTAGRAM", 7, "2024-05-05", totals(110)),
        week("INSTAGRAM", 7, "2024-05-19", json!({"views_total": 1})),
        week("YOUTUBE", 7, "2024-05-12", totals(120)),
        // Also of days outside of the window, monthly, or of nobody listed.
        week("INSTAGRAM", 7, "2024-04-28", totals(1)),
        week("INSTAGRAM", 7, "2024-05-26", totals(1)),
        week("INSTAGRAM", 7, "2024-06-02", totals(1)),
        week("INSTAGRAM", 7, "2024-05-06", monthly),
        week("INSTAGRAM", 70, "2024-05-05", totals(1)),
        week("INSTAGRAM", 9, "2024-05-19", totals(6)),
    ];
    app.seed_clickhouse(SERIES, &points).await;
    let [followers, views, plays] = graphs(&client, "INSTAGRAM", 7).await;
    let expected = json!({
        "2024-05-01": 100, "2024-05-05": 110, "2024-05-19": null, "2024-05-31": 140,
    });
    assert_eq!((followers, views), (expected, Value::Null));
    let expected = json!({
        "2024-05-01": 2000, "2024-05-05": 330, "2024-05-19": null, "2024-05-31": 2070,
    });
    assert_eq!(plays, expected);
    let [followers, views, plays] = graphs(&client, "YOUTUBE", 7).await;
    let expected = json!({"2024-05-01": 100, "2024-05-12": 120, "2024-05-31": 140});
    assert_eq!((followers, plays), (expected, Value::Null));
    assert_eq!(views, json!({"2024-05-01": 1000, "2024-05-12": 240, "2024-05-31": 1050}));
    // Without a point there is no graph; unknown figures anchor as null.
    assert_eq!(graphs(&client, "INSTAGRAM", 8).await, [Value::Null, Value::Null, Value::Null]);
    let [followers, _, plays] = graphs(&client, "INSTAGRAM", 9).await;
    assert_eq!(followers, json!({"2024-05-01": null, "2024-05-19": 6, "2024-05-31": 5}));
    assert_eq!(plays, json!({"2024-05-01": null, "2024-05-19": 18, "2024-05-31": null}));
}

#[actix_web::test]
async fn a_linked_pair_is_added_up_by_date() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    // The same row ids exist in both account tables, linked crosswise.
    let linked = json!({"id": 1, "handle": "asha", "linked_channel_id": "UCasha"});
    app.seed_instagram(&linked).await;
    app.seed_instagram(&json!({"id": 2, "handle": "goa"})).await;
    let channel = json!({"id": 2, "channel_id": "UCasha", "linked_instagram_handle": "asha"});
    app.seed_youtube(&channel).await;
    app.seed_youtube(&json!({"id": 1, "channel_id": "UCother"})).await;
    let all = |account: i64, code: &str| {
        let figures = json!({
            "platform": "ALL", "profile_platform": code, "prev_followers": 100, "followers": 140,
            "prev_views": 1000, "views": 50, "prev_plays": 7, "plays": 8,
        });
        ranked(account, figures)
    };
    let mut stray = all(5, "XX");
    stray["platform_id"] = json!("stray");
    let seeded = [all(1, "IA"), all(2, "YA"), all(404, "IA"), stray];
    app.seed_clickhouse("leaderboard", &seeded).await;
    let instagram = json!({"followers": 10, "plays_total": 300, "views_total": 9_999});
    let youtube = json!({"followers": 5, "views_total": 40, "plays_total": 9_999});
    let noise = json!({"followers": 7_000, "plays_total": 7_000, "views_total": 7_000});
    let points = [
        week("INSTAGRAM", 1, "2024-05-05", instagram.clone()),
        week("YOUTUBE", 2, "2024-05-05", youtube.clone()),
        week("INSTAGRAM", 1, "2024-05-12", instagram),
        week("YOUTUBE", 2, "2024-05-12", json!({})),
        week("YOUTUBE", 2, "2024-05-19", youtube),
        week("INSTAGRAM", 1, "2024-05-22", json!({})),
        week("INSTAGRAM", 2, "2024-05-05", noise.clone()),
        week("YOUTUBE", 1, "2024-05-05", noise.clone()),
        week("INSTAGRAM", 404, "2024-05-05", noise),
    ];
    app.seed_clickhouse(SERIES, &points).await;
    for account in [1, 2] {
        let [followers, views, plays] = graphs(&client, "ALL", account).await;
        let expected = json!({
            "2024-05-01": 100, "2024-05-05": 15, "2024-05-12": 10, "2024-05-19": 5,
            "2024-05-22": null, "2024-05-31": 140,
        });
        assert_eq!(followers, expected, "{account}");
        let expected = json!({
            "2024-05-01": 1000, "2024-05-05": 340, "2024-05-12": 300, "2024-05-19": 40,
            "2024-05-22": null, "2024-05-31": 1050,
        });
        assert_eq!((views, plays), (expected, Value::Null), "{account}");
    }
    for unknown in [404, 5] {
        assert_eq!(graphs(&client, "ALL", unknown).await, [Value::Null, Value::Null, Value::Null]);
    }
}

#[actix_web::test]
async fn a_known_account_of_all_has_its_anchors_without_a_point() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let account = app.seed_youtube(&json!({"title": "Alone"})).await;
    let columns = json!({
        "platform": "ALL", "profile_platform": "YA", "prev_followers": 1, "followers": 2,
        "prev_views": 10, "views": 3,
    });
    app.seed_clickhouse("leaderboard", &[ranked(account, columns)]).await;
    let [followers, views, plays] = graphs(&client, "ALL", account).await;
    assert_eq!(followers, json!({"2024-05-01": 1, "2024-05-31": 2}));
    assert_eq!((views, plays), (json!({"2024-05-01": 10, "2024-05-31": 13}), Value::Null));
}

#[actix_web::test]
async fn the_window_runs_from_the_first_month_value_to_the_end_of_its_month() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let seeded = ["2024-01-01", "2024-02-01"].map(|month| ranked(1, json!({"month": month})));
    app.seed_clickhouse("leaderboard", &seeded).await;
    let days = ["2024-01-07", "2024-02-04", "2024-02-18", "2024-02-25", "2024-03-03"];
    let points = days.map(|day| week("INSTAGRAM", 1, day, json!({"followers": 5})));
    app.seed_clickhouse(SERIES, &points).await;
    for (filters, expected) in [
        (&[("EQ", "month", "2024-02-01")][..], json!(["02-01", "02-04", "02-18", "02-29"])),
        (&[("IN", "month", "2024-01-01,2024-02-01")], json!(["01-01", "01-07", "01-31"])),
        (&[("LTE", "month", "2024-02-10")], json!(["02-10", "02-18", "02-29"])),
        (&[("LT", "month", "9999-12-31")], json!(null)),
    ] {
        let answer = board(&client, "INSTAGRAM", filters).await;
        let graph = answer["profiles"][0]["followerGraph"].as_object();
        let days = graph.map(|graph| graph.keys().map(|day| &day[5..]).collect::<Vec<_>>());
        assert_eq!(json!(days), expected, "{filters:?}");
    }
}

#[actix_web::test]
async fn unreadable_series_cost_the_graphs_and_not_the_list() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let account = app.seed_instagram(&json!({"name": "Asha"})).await;
    let all = json!({"platform": "ALL", "followers": 2, "prev_followers": 1});
    let seeded = [ranked(account, json!({})), ranked(account, all)];
    app.seed_clickhouse("leaderboard", &seeded).await;
    let point = week("INSTAGRAM", account, "2024-05-05", json!({"followers": 5}));
    app.seed_clickhouse(SERIES, &[point]).await;
    assert!(graphs(&client, "INSTAGRAM", account).await[0].is_object());
    app.clickhouse(&format!("DROP TABLE {SERIES}"), String::new()).await;
    let answer = board(&client, "INSTAGRAM", &[MAY]).await;
    assert_eq!(answer["profiles"][0]["accountInfo"]["name"], "Asha");
    assert_eq!(answer["profiles"][0].get("followerGraph"), None);
    let [followers, ..] = graphs(&client, "ALL", account).await;
    assert_eq!(followers, json!({"2024-05-01": 1, "2024-05-31": 2}));
}

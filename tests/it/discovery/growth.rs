//! Growth of an account: graphs, filters, order.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS};
use crate::support::{Client, TestApp};

const METRICS: [(&str, &str); 9] = [
    ("followers", "followerGraph"),
    ("following", "followingGraph"),
    ("views", "viewGraph"),
    ("plays", "playsGraph"),
    ("uploads", "uploadsGraph"),
    ("engagement_rate", "engagementGraph"),
    ("followers_change", "followersChangeGraph"),
    ("views_total", "totalViewGraph"),
    ("plays_total", "TotalPlaysGraph"),
];

fn week(account: (&str, i64), date: &str, columns: &Value) -> Value {
    let mut row = json!({
        "platform": account.0, "platform_profile_id": account.1, "platform_id": "x",
        "monthly_stats": false, "date": date,
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    row
}

async fn growth(client: &Client, account: (&str, i64), query: &str, filters: Filters<'_>) -> Value {
    let path = format!("{BASE}/{}/{}/timeseries{query}", account.0, account.1);
    let answer = client.list(&path, filters).await.success();
    let status = json!({"status": "SUCCESS", "filteredCount": 1,
        "message": "Profile Growth successfully retrieved"});
    assert_eq!(answer["status"], status);
    answer["growth"][0].clone()
}

type Filters<'a> = &'a [(&'a str, &'a str, &'a str)];

/// Values of a graph, in order.
fn values(growth: &Value, graph: &str) -> Vec<i64> {
    let points = growth[graph].as_array().map(Vec::as_slice).unwrap_or_default();
    points.iter().filter_map(|point| point["Value"].as_i64()).collect()
}

#[actix_web::test]
async fn graphs_have_labelled_points_in_the_order_of_the_rows() {
    let app = TestApp::start_with_clickhouse().await;
    let admin = app.partner(-1, Plan::Free).await;
    for platform in PLATFORMS {
        let account = (platform, app.seed_on(platform, &json!({})).await);
        let mut first = json!({"prev_date": "2022-10-02"});
        for (number, (column, _)) in METRICS.iter().enumerate() {
            first[column] = json!(900 + number);
        }
        first["engagement_rate"] = json!(0.035);
        let rows = [
            week(account, "2024-07-07", &first),
            week(account, "2024-07-21", &json!({"followers": 950})),
            week((platform, account.1 + 1000), "2024-07-07", &json!({"followers": 1})),
            week(account, "2024-07-01", &json!({"followers": 5, "monthly_stats": true})),
        ];
        app.seed_clickhouse("social_profile_time_series", &rows).await;
        let mut expected = json!({"platformCode": account.1.to_string(), "platform": platform});
        for (number, (_, graph)) in METRICS.iter().enumerate() {
            expected[graph] = json!([{"Label": "7th Jul - 13th Jul", "Value": 900 + number,
                "from": "2024-07-07", "to": "2024-07-13"}]);
        }
        expected["engagementGraph"][0]["Value"] = json!(0.035);
        let last = json!({"Label": "21st Jul - 27th Jul", "Value": 950,
            "from": "2024-07-21", "to": "2024-07-27"});
        expected["followerGraph"] = json!([last, expected["followerGraph"][0]]);
        assert_eq!(growth(&admin, account, "", &[]).await, expected, "{platform}");
        let ascending = growth(&admin, account, "?sortDir=asc", &[]).await;
        assert_eq!(values(&ascending, "followerGraph"), [900, 950]);
        let months = [("BOOL", "monthly_stats", "true")];
        let months = growth(&admin, account, "", &months).await;
        let july =
            json!({"Label": "Jul 2024", "Value": 5, "from": "2024-07-01", "to": "2024-07-31"});
        assert_eq!(months["followerGraph"], json!([july]));
        assert_eq!(months.get("viewGraph"), None, "a graph without points is left out");
        for same in [("EQ", "monthly_stats", "true"), ("NE", "monthly_stats", "false")] {
            let months = growth(&admin, account, "", &[same]).await;
            assert_eq!(values(&months, "followerGraph"), [5]);
        }
    }
}

#[actix_web::test]
async fn every_metric_filters_and_sorts() {
    let app = TestApp::start_with_clickhouse().await;
    let admin = app.partner(-1, Plan::Free).await;
    let account = ("INSTAGRAM", app.seed_instagram(&json!({})).await);
    // Whatever the metric, the third week is smallest and the second largest; one is unknown.
    let mut rows = Vec::new();
    for (number, value) in [(1, 20), (2, 30), (3, 10)] {
        let mut columns = json!({});
        for (column, _) in METRICS {
            columns[column] = json!(value);
        }
        rows.push(week(account, &format!("2024-07-{:02}", number * 7), &columns));
    }
    rows.push(week(account, "2024-07-28", &json!({})));
    app.seed_clickhouse("social_profile_time_series", &rows).await;
    for (column, graph) in METRICS {
        let graph = if column == "engagement_rate" { "followerGraph" } else { graph };
        let sorted = async |direction: &str| {
            let query = format!("?sortBy={column}&sortDir={direction}");
            values(&growth(&admin, account, &query, &[]).await, graph)
        };
        assert_eq!(sorted("desc").await, [30, 20, 10], "{column}");
        assert_eq!(sorted("ASC").await, [10, 20, 30], "{column}");
        for (operator, value, expected) in [
            ("GTE", "20", vec![30, 20]),
            ("GT", "20.5", vec![30]),
            ("LT", "20", vec![10]),
            ("LTE", "20", vec![20, 10]),
            ("EQ", "30", vec![30]),
            ("NE", "30", vec![20, 10]),
            ("IN", "10, 30.0", vec![30, 10]),
            ("NOTIN", "10,30", vec![20]),
        ] {
            let query = format!("?sortBy={column}");
            let found = growth(&admin, account, &query, &[(operator, column, value)]).await;
            assert_eq!(values(&found, graph), expected, "{column} {operator} {value}");
        }
    }
    assert_eq!(
        growth(&admin, account, "?sortBy=id", &[]).await["platformCode"],
        account.1.to_string()
    );
    let page = growth(&admin, account, "?size=2&cursor=2", &[]).await;
    assert_eq!(values(&page, "followerGraph"), [30, 20], "rows 3 and 4 by date");
    let past = format!("{BASE}/INSTAGRAM/{}/timeseries?cursor=9", account.1);
    admin.list(&past, &[]).await.refused("500", "record not found");
}

#[actix_web::test]
async fn dates_select_the_weeks_and_months_that_hold_them() {
    let app = TestApp::start_with_clickhouse().await;
    let admin = app.partner(-1, Plan::Free).await;
    let account = ("YOUTUBE", app.seed_youtube(&json!({})).await);
    let rows = ["2024-07-07", "2024-07-14", "2024-07-21"].map(|date| {
        let day: i64 = date[8..].parse().expect("a day");
        week(account, date, &json!({"followers": day}))
    });
    let month = json!({"followers": 700, "monthly_stats": true});
    let rows = [rows.as_slice(), &[week(account, "2024-07-01", &month)]].concat();
    app.seed_clickhouse("social_profile_time_series", &rows).await;
    let months = ("EQ", "monthly_stats", "true");
    for (filters, expected) in [
        (&[("LTE", "date", "2024-07-10")][..], vec![7]),
        (&[("LTE", "date", "2024-07-14")], vec![14, 7]),
        (&[("LT", "date", "2024-07-14")], vec![7]),
        (&[("GTE", "date", "2024-07-14")], vec![21, 14]),
        (&[("GTE", "date", "2024-07-13")], vec![21, 14, 7]),
        (&[("GT", "date", "2024-07-12")], vec![21, 14, 7]),
        (&[("GT", "date", "2024-07-13")], vec![21, 14]),
        (&[("EQ", "date", "2024-07-20")], vec![14]),
        (&[("NE", "date", "2024-07-20")], vec![21, 7]),
        (&[("IN", "date", "2024-07-08, 2024-07-27")], vec![21, 7]),
        (&[("GTE", "date", "2024-07-15"), ("LTE", "date", "2024-07-16")], vec![14]),
        (&[months, ("EQ", "date", "2024-07-31")], vec![700]),
        (&[months, ("GTE", "date", "2024-07-31"), ("LTE", "date", "2024-08-01")], vec![700]),
        (&[("EQ", "platform", "INSTAGRAM"), ("EQ", "platform_profile_id", "0")], vec![21, 14, 7]),
        (&[("EQ", "monthly_stats", ""), ("LTE", "date", "")], vec![21, 14, 7]),
    ] {
        let found = growth(&admin, account, "", filters).await;
        assert_eq!(values(&found, "followerGraph"), expected, "{filters:?}");
    }
}

#[actix_web::test]
async fn what_the_graphs_do_not_know_is_refused() {
    let app = TestApp::start_with_clickhouse().await;
    let admin = app.partner(-1, Plan::Free).await;
    let account = app.seed_instagram(&json!({})).await;
    let path = format!("{BASE}/INSTAGRAM/{account}/timeseries");
    for filter in [
        ("EQ", "likes", "1"),
        ("EQ", "platform_id", "x"),
        ("EQ", "followers.x", "1"),
        ("EQ", "date", "2024-7-1"),
        ("LTE", "date", "2024-07-32"),
        ("LTE", "date", "' OR 1=1 --"),
        ("GTE", "followers", "many"),
        ("GTE", "followers", "1 OR 1=1"),
        ("BOOL", "monthly_stats", "yes"),
        ("LIKE", "followers", "1"),
        ("EQ", "followers) OR (1", "1"),
        ("NEAR", "followers", "1"),
    ] {
        let answer = admin.list(&path, &[filter]).await;
        answer.refused("500", "invalid Request");
        assert_eq!(answer.json()["growth"], json!([]), "{filter:?}");
    }
    for query in ["?sortBy=likes", "?sortBy=date;", "?sortBy=monthly_stats", "?sortDir=up"] {
        admin.list(&format!("{path}{query}"), &[]).await.refused("500", "invalid Request");
    }
    admin.list(&format!("{path}?size=x"), &[]).await.refused("ERROR", "invalid size");
}

//! Series of collections.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{ANALYTICS, seed_posts};
use crate::support::TestApp;

async fn series(
    client: &crate::support::Client,
    route: &str,
    more: &[(&str, &str, &str)],
) -> Value {
    let which = [("EQ", "collectionType", "POST"), ("EQ", "collectionId", "u1")];
    let filters = [&which, more].concat();
    let answer = client.list(&format!("{ANALYTICS}/{route}"), &filters).await.success();
    answer["data"]["timeSeries"].clone()
}

fn point(day: &str, numbers: Value) -> Value {
    let mut point = json!({"startOfWeek": day, "date": day});
    for (name, value) in numbers.as_object().expect("an object") {
        point[name] = value.clone();
    }
    point
}

#[actix_web::test]
async fn a_series_counts_the_latest_of_each_post_and_never_falls() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let window = json!({"start_time": "2024-02-10T00:00:00Z", "end_time": "2024-05-10T00:00:00Z"});
    seed_posts(&app, 10, "u1", window).await;
    let row = |day: &str, code: &str, numbers: [i64; 4]| {
        let [views, likes, comments, reach] = numbers;
        json!({
            "platform": "INSTAGRAM", "post_short_code": code, "post_type": "reels",
            "collection_type": "POST", "collection_id": "u1", "hashtags": ["#Coffee"],
            "profile_handle": "h", "published_at": "2024-05-01 00:00:00", "stats_date": day,
            "views": views, "likes": likes, "comments": comments, "reach": reach,
        })
    };
    let mut rows = vec![
        row("2024-05-01", "A", [50, 5, 1, 100]),
        row("2024-05-02", "A", [60, 4, 1, 90]),
        row("2024-05-02", "B", [10, 1, 0, 20]),
        row("2024-05-03", "A", [61, 4, 1, 95]),
    ];
    // The same id as that of a collection of the other kind.
    let mut other = row("2024-05-02", "C", [9, 9, 9, 9]);
    other["collection_type"] = json!("PROFILE");
    rows.push(other);
    app.seed_clickhouse("mart_collection_post_ts", &rows).await;
    let daily = json!([
        point("2024-04-30", json!({})),
        point(
            "2024-05-01",
            json!({"totalPosts": 1, "views": 50, "likes": 5, "comments": 1, "reach": 100,
                                   "totalEngagement": 6})
        ),
        point(
            "2024-05-02",
            json!({"totalPosts": 2, "views": 70, "likes": 5, "comments": 1, "reach": 110,
                                   "totalEngagement": 6})
        ),
        point(
            "2024-05-03",
            json!({"totalPosts": 1, "views": 70, "likes": 4, "comments": 1, "reach": 110,
                                   "totalEngagement": 6})
        ),
    ]);
    assert_eq!(series(&client, "timeseries", &[]).await, daily);
    // What was written again counts once, and as it was written last.
    app.seed_clickhouse("mart_collection_post_ts", &rows[..1]).await;
    assert_eq!(series(&client, "timeseries", &[("EQ", "hashtags", "#cofFee")]).await, daily);
    let weekly = json!([
        point("2024-04-21", json!({})),
        point(
            "2024-04-28",
            json!({"totalPosts": 2, "views": 71, "likes": 5, "comments": 1, "reach": 115,
                                   "totalEngagement": 6})
        ),
    ]);
    assert_eq!(series(&client, "timeseries", &[("EQ", "rollup", "weekly")]).await, weekly);
    for nothing in [("EQ", "shortcode", "X"), ("IN", "handle", "x,y"), ("EQ", "hashtags", "coffee")]
    {
        assert_eq!(series(&client, "timeseries", &[nothing]).await, json!([]), "{nothing:?}");
    }
    let which = [("EQ", "collectionType", "POST"), ("EQ", "collectionId", "u1")];
    let summary = client.list(&format!("{ANALYTICS}/summary"), &which).await.success();
    let weeks = json!([
        {"startOfWeek": "2024-04-21"},
        {"startOfWeek": "2024-04-28", "totalPosts": 2, "views": 71, "likes": 5, "comments": 1, "reach": 115,
         "totalEngagement": 6},
    ]);
    assert_eq!(summary["data"]["weeklyMetrics"], weeks);
}

#[actix_web::test]
async fn a_post_that_stands_in_two_places_counts_once_as_it_was_written_last() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let window = json!({"start_time": "2024-02-10T00:00:00Z", "end_time": "2024-05-10T00:00:00Z"});
    seed_posts(&app, 10, "u1", window.clone()).await;
    seed_posts(&app, 10, "u2", window).await;
    let groups = "/collection-group-service/api/group";
    let group =
        json!({"source": "SAAS", "sourceId": "g", "name": "G", "collectionIds": ["u1", "u2"]});
    let group = client.post(groups, &group).await.success()["groups"][0]["id"].to_string();
    let row = |(id, platform, code): (&str, &str, &str), day: &str, views: i64, second: u8| {
        json!({
            "platform": platform, "post_short_code": code, "post_type": "reels", "collection_id": id,
            "collection_type": "POST", "profile_handle": "h", "published_at": "2024-05-01 00:00:00",
            "stats_date": day, "views": views, "updated_at": format!("2024-05-04 00:00:0{second}.000"),
        })
    };
    let rows = [
        row(("u1", "INSTAGRAM", "A"), "2024-05-01", 10, 1),
        row(("u2", "INSTAGRAM", "A"), "2024-05-01", 20, 2),
        row(("u1", "INSTAGRAM", "A"), "2024-05-02", 40, 4),
        row(("u2", "INSTAGRAM", "A"), "2024-05-02", 30, 3),
        row(("u1", "INSTAGRAM", "B"), "2024-05-02", 1, 1),
        row(("u1", "YOUTUBE", "B"), "2024-05-02", 2, 2),
    ];
    app.seed_clickhouse("mart_collection_post_ts", &rows).await;
    let of = async |selector: (&str, &str, &str), more: &[(&str, &str, &str)]| {
        let filters = [&[("EQ", "collectionType", "POST"), selector], more].concat();
        let answer = client.list(&format!("{ANALYTICS}/timeseries"), &filters).await.success();
        let points = answer["data"]["timeSeries"].as_array().expect("points").clone();
        let number = |point: &Value, name: &str| point[name].as_i64().unwrap_or_default();
        let point = |point: &Value| (number(point, "totalPosts"), number(point, "views"));
        points.iter().map(point).collect::<Vec<_>>()
    };
    let weekly = [("EQ", "rollup", "weekly")];
    let both = ("EQ", "collectionGroupId", group.as_str());
    assert_eq!(of(both, &[]).await, [(0, 0), (1, 20), (2, 42)]);
    assert_eq!(of(both, &weekly).await, [(0, 0), (2, 42)]);
    let one = ("EQ", "collectionId", "u1");
    assert_eq!(of(one, &[]).await, [(0, 0), (1, 10), (2, 42)]);
    assert_eq!(of(one, &weekly).await, [(0, 0), (2, 42)]);
    let other = ("EQ", "collectionId", "u2");
    assert_eq!(of(other, &[]).await, [(0, 0), (1, 20), (1, 30)]);
}

#[actix_web::test]
async fn clicks_of_a_week_are_those_of_its_days() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    seed_posts(&app, 10, "u1", json!({})).await;
    let today = chrono::Utc::now().date_naive();
    let sunday = today - chrono::Days::new(14);
    let sunday = sunday.week(chrono::Weekday::Sun).first_day();
    let row = |days: u64, code: &str, clicks: i64| {
        json!({
            "platform": "INSTAGRAM", "collection_id": "u1", "collection_type": "POST",
            "profile_handle": "h", "post_short_code": code, "clicks": clicks,
            "stats_date": (sunday + chrono::Days::new(days)).to_string(),
        })
    };
    let rows = [row(0, "A", 3), row(1, "A", 4), row(1, "B", 5), row(7, "A", 2)];
    app.seed_clickhouse("mart_collection_clicks_ts", &rows).await;
    app.seed_clickhouse("mart_collection_clicks_ts", &rows[..2]).await;
    let clicks = |series: Value| -> Vec<i64> {
        let points = series.as_array().expect("points").clone();
        points.iter().map(|point| point["clicks"].as_i64().unwrap_or_default()).collect()
    };
    let route = "timeseries/clicks";
    let weekly = ("EQ", "rollup", "weekly");
    assert_eq!(clicks(series(&client, route, &[weekly]).await), [0, 12, 2]);
    assert_eq!(clicks(series(&client, route, &[]).await), [0, 3, 9, 2]);
    let only = ("IN", "shortcode", " B , C");
    assert_eq!(clicks(series(&client, route, &[only]).await), [0, 5]);
    // Other filters choose among the measured posts, of which there is one.
    super::seed_measured(&app, "u1", "B", json!({"post_type": "image"})).await;
    assert_eq!(clicks(series(&client, route, &[("EQ", "postType", "image")]).await), [0, 5]);
    assert!(clicks(series(&client, route, &[("EQ", "postType", "reels")]).await).is_empty());
}

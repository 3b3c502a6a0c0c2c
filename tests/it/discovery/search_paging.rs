//! Pages, counts and cursors of the search, and searches over both platforms.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{search, search_by};
use crate::support::TestApp;

async fn seed(app: &TestApp, platform: &str, rows: usize) {
    for _ in 0..rows {
        app.seed_on(platform, &json!({"categories": ["Food"]})).await;
    }
}

fn counts(answer: &Value) -> (i64, Option<&str>, bool) {
    let status = &answer["status"];
    let count = status["filteredCount"].as_i64().unwrap_or_default();
    (count, status["nextCursor"].as_str(), status["hasNextPage"] == true)
}

#[actix_web::test]
async fn pages_neither_overlap_nor_skip_and_count_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app, "INSTAGRAM", 25).await;
    let page = async |number: usize| {
        let query = format!("?size=10&cursor={number}");
        search_by(&client, "INSTAGRAM", &query, &[]).await.success()
    };
    let (first, second, third, fourth) =
        (page(1).await, page(2).await, page(3).await, page(4).await);
    assert_eq!(counts(&first), (25, Some("2"), true));
    assert_eq!(counts(&second), (-1, Some("3"), true), "counting is off after page 1");
    assert_eq!(counts(&third), (25, None, false), "a short page tells the total");
    assert_eq!(counts(&fourth), (0, None, false));
    assert_eq!(fourth["status"]["message"], "record not found");
    assert_eq!(fourth["profiles"], json!([]));
    let mut ids = [super::found(&first), super::found(&second), super::found(&third)].concat();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 25);
}

#[actix_web::test]
async fn a_full_last_page_promises_another_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app, "YOUTUBE", 2).await;
    let answer = search_by(&client, "YOUTUBE", "?size=2", &[]).await.success();
    assert_eq!(counts(&answer), (2, Some("2"), true));
    let short = search_by(&client, "YOUTUBE", "?size=3", &[]).await.success();
    assert_eq!(counts(&short), (2, None, false));
    assert_eq!(short["status"]["message"], "Profiles successfully retrieved");
}

#[actix_web::test]
async fn sizes_and_cursors_out_of_range_fall_back_and_texts_are_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app, "INSTAGRAM", 51).await;
    let rows = async |query: &str| {
        super::found(&search_by(&client, "INSTAGRAM", query, &[]).await.success()).len()
    };
    for (query, expected) in [
        ("", 50),
        ("?size=", 50),
        ("?size=0", 50),
        ("?size=-1", 50),
        ("?size=100", 50),
        ("?size=9223372036854775807", 50),
        ("?size=99", 51),
        ("?size=1", 1),
        ("?cursor=2", 1),
        ("?cursor=0", 50),
        ("?cursor=-3", 50),
        ("?cursor=1000", 50),
        ("?cursor=999", 0),
    ] {
        assert_eq!(rows(query).await, expected, "{query}");
    }
    for (query, message) in [
        ("?size=x", "invalid size"),
        ("?size=1.5", "invalid size"),
        ("?size=9223372036854775808", "invalid size"),
        ("?cursor=x", "invalid cursor"),
        ("?cursor=%00", "invalid cursor"),
        ("?cursor=x&size=x", "invalid cursor"),
    ] {
        for platform in ["INSTAGRAM", "ALL", "nowhere"] {
            let answer = search_by(&client, platform, query, &[]).await;
            answer.refused("ERROR", message);
            assert_eq!(answer.json().get("profiles"), None, "{query}");
        }
    }
}

#[actix_web::test]
async fn counting_can_be_switched_off_and_an_unreadable_switch_is_on() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app, "INSTAGRAM", 3).await;
    for (switch, size, expected) in
        [("false", 2, -1), ("0", 2, -1), ("F", 9, 3), ("true", 2, 3), ("maybe", 2, 3), ("", 2, 3)]
    {
        let query = format!("?size={size}&computeCounts={switch}");
        let answer = search_by(&client, "INSTAGRAM", &query, &[]).await.success();
        assert_eq!(counts(&answer).0, expected, "computeCounts={switch}");
    }
    let nothing = [("EQ", "city", "Nowhere")];
    let answer = search_by(&client, "INSTAGRAM", "?computeCounts=0", &nothing).await.success();
    assert_eq!(answer["status"].get("filteredCount"), None);
}

#[actix_web::test]
async fn the_platform_counts_only_what_is_narrow() {
    let app = TestApp::start_with(super::ALL_COUNTRIES).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let tenant = app.partner(10, Plan::Saas).await;
    seed(&app, "INSTAGRAM", 3).await;
    let count = async |filters: &[(&str, &str, &str)]| {
        let query = "?size=2&source=GCC";
        counts(&search_by(&admin, "INSTAGRAM", query, filters).await.success()).0
    };
    assert_eq!(count(&[]).await, -1);
    assert_eq!(count(&[("GTE", "followers", "1"), ("BOOL", "isBlacklisted", "0")]).await, -1);
    assert_eq!(count(&[("NE", "campaignId", "5")]).await, -1);
    assert_eq!(count(&[("ARRAY", "languages", "")]).await, 3, "one without a value narrows too");
    assert_eq!(count(&[("ARRAY", "categories", "Food")]).await, 3);
    assert_eq!(count(&[("ARRAY", "categories", "Food"), ("NE", "campaignId", "5")]).await, 3);
    // A tenant's first page is counted also where no country is configured.
    let answer = search_by(&tenant, "INSTAGRAM", "?size=2", &[]).await.success();
    assert_eq!(counts(&answer).0, 3);
}

#[actix_web::test]
async fn both_platforms_share_a_page_channels_first() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed(&app, "INSTAGRAM", 7).await;
    seed(&app, "YOUTUBE", 5).await;
    let page = async |query: &str| {
        let answer = search_by(&client, "all", query, &[]).await.success();
        let platforms = answer["profiles"].as_array().expect("profiles").iter();
        let initial = |profile: &Value| profile["platform"].as_str().map(|p| p[..1].to_owned());
        let platforms: String = platforms.filter_map(initial).collect();
        let (count, next, _) = counts(&answer);
        (platforms, count, next.map(str::to_owned))
    };
    let next = |number: &str| Some(number.to_owned());
    assert_eq!(page("?size=5").await, ("YYIII".into(), 5, next("2")));
    assert_eq!(page("?size=5&cursor=2").await, ("YYIII".into(), 5, next("3")));
    assert_eq!(page("?size=5&cursor=3").await, ("YI".into(), 2, None));
    assert_eq!(page("?size=1").await, ("I".into(), 1, next("2")), "half of one is none");
    assert_eq!(page("?size=2&computeCounts=true").await, ("YI".into(), 2, next("2")));
}

#[actix_web::test]
async fn each_platform_has_its_own_order_in_a_common_search() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut expected = Vec::new();
    for (platform, column) in [("YOUTUBE", "followers"), ("INSTAGRAM", "avg_likes")] {
        for value in [30, 20, 10] {
            let columns = json!({column: value, "label": value.to_string()});
            app.seed_on(platform, &columns).await;
            expected.push(value.to_string());
        }
    }
    // Channels have no likes, so they are ordered by followers.
    let answer = client.list(&format!("{}?sortBy=avg_likes", search("ALL")), &[]).await.success();
    let labels = answer["profiles"].as_array().expect("profiles").iter();
    let labels: Vec<&str> = labels.filter_map(|profile| profile["profileType"].as_str()).collect();
    assert_eq!(labels, expected);
}

#[actix_web::test]
async fn other_platforms_are_refused_in_any_search() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in ["TIKTOK", "INSTAGRAM%20", "IA", "%00"] {
        let answer = search_by(&client, platform, "", &[]).await;
        answer.refused("500", "invalid platform");
        assert_eq!(answer.json()["profiles"], json!([]));
    }
    search_by(&client, "instaGram", "", &[]).await.success();
    let everything = format!("{}/ALL/1", super::BASE);
    client.get(&everything).await.refused("500", "invalid platform");
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1);
}

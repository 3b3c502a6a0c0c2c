//! What a search costs, and what is logged of it.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::search_by;
use crate::support::{Answer, TestApp};

const CONTACT: (&str, &str, &str) = ("BOOL", "flag_contact_info_available", "true");
const PLATFORMS: [&str; 3] = ["INSTAGRAM", "YOUTUBE", "ALL"];

async fn logged(app: &TestApp) -> (i64, usize) {
    (app.count("activity_tracker").await, app.events().await.len())
}

#[actix_web::test]
async fn a_first_page_is_charged_logged_and_announced() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.seed_instagram(&json!({"audience_age": {"18-24": 10}})).await;
    let filters =
        [("EQ", "audience_age", "18-24"), ("EQ", "phone", "9876543210"), ("EQ", "shoe", "")];
    let query = "?size=10&sortBy=avg_likes&sortDir=asc&source=GCC&campaignProfileJoin=true";
    let answer = search_by(&client, "INSTAGRAM", query, &filters).await.success();
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1);
    let meta = json!({
        "queryParams": {
            "size": "10", "cursor": "1", "sortBy": "avg_likes", "sortDir": "asc",
            "source": "GCC", "campaignProfileJoin": "true",
        },
        "bodyParams": {"filters": [
            {"filterType": "GTE", "field": "audience_age.18-24", "value": "10"},
            {"filterType": "EQ", "field": "phone", "value": ""},
        ]},
        "result": {"resultCount": 1},
        "platform": "INSTAGRAM",
    });
    let row = app.value("SELECT to_jsonb(a) FROM activity_tracker a").await.expect("one row");
    let row: Value = serde_json::from_str(&row).expect("JSON");
    assert_eq!(row["id"], answer["status"]["activityId"]);
    assert_eq!((&row["type"], &row["enabled"]), (&json!("DISCOVERY"), &json!(true)));
    assert_eq!((&row["partner_id"], &row["account_id"]), (&json!(10), &json!(101)));
    assert_eq!(row["meta"], meta);
    let topic = app.value("SELECT topic FROM event_outbox").await;
    assert_eq!(topic.as_deref(), Some("coffee.dx___activity_tracker_rk"));
    let event = app.events().await.remove(0);
    let told = event["activityMeta"].as_str().expect("a text");
    assert_eq!(serde_json::from_str::<Value>(told).expect("JSON"), meta);
    let id = event["eventId"].as_str().expect("a text");
    assert_eq!(uuid::Uuid::parse_str(id).expect("a UUID").get_version_num(), 4);
    let at = event["eventTimestamp"].as_str().expect("a text");
    let at = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M:%S").expect("a time");
    let now = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Kolkata).naive_local();
    assert!((now - at).num_seconds().abs() < 60, "{at} is not the time in India");
    let expected = json!({
        "moduleName": "DISCOVERY", "activityName": "DISCOVERY", "incrementCount": 1,
        "partnerId": 10, "accountId": 101, "activityId": row["id"], "activityMeta": told,
        "eventId": id, "eventTimestamp": event["eventTimestamp"],
    });
    assert_eq!(event, expected);
}

#[actix_web::test]
async fn what_was_not_sent_is_logged_with_its_default() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    search_by(&client, "all", "", &[]).await.success();
    let meta = app.value("SELECT meta FROM activity_tracker").await.expect("a row");
    let mut expected = json!({
        "queryParams": {"size": "50", "cursor": "1", "sortBy": "id", "sortDir": "DESC",
            "source": "", "campaignProfileJoin": "false"},
        "bodyParams": {"filters": []}, "result": {"resultCount": 0}, "platform": "ALL",
    });
    assert_eq!(serde_json::from_str::<Value>(&meta).expect("JSON"), expected);
    // The event leaves out what is empty.
    let told = app.events().await.remove(0)["activityMeta"].as_str().map(str::to_owned);
    expected["queryParams"].as_object_mut().expect("an object").remove("source");
    assert_eq!(serde_json::from_str::<Value>(&told.expect("a text")).expect("JSON"), expected);
}

#[actix_web::test]
async fn the_platform_and_the_free_plan_are_logged_but_not_counted() {
    let app = TestApp::start().await;
    let free = app.partner(10, Plan::Free).await;
    let admin = app.partner(-1, Plan::Paid).await;
    let lone = app.without_partner().await;
    assert_eq!(app.count("partner_usage WHERE partner_id = 10").await, 0);
    for platform in PLATFORMS {
        let logged = |answer: Answer| answer.success()["status"]["activityId"].is_i64();
        assert!(logged(search_by(&free, platform, "", &[]).await));
        assert!(logged(search_by(&admin, platform, "", &[CONTACT]).await));
        assert!(!logged(search_by(&lone, platform, "", &[]).await), "no partner");
        assert!(!logged(search_by(&admin, platform, "?source=GCC", &[]).await), "exempt");
        assert!(!logged(search_by(&free, platform, "?cursor=2", &[]).await), "page 2");
        assert!(!logged(search_by(&admin, platform, "?cursor=2", &[]).await), "page 2");
    }
    assert_eq!(logged(&app).await, (6, 6));
    let consumed = app.value("SELECT coalesce(sum(consumed), 0) FROM partner_usage").await;
    assert_eq!(consumed.as_deref(), Some("0"));
}

#[actix_web::test]
async fn past_the_limit_plain_searches_go_on_and_premium_ones_stop() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut consumed = 10;
    app.set_usage(10, "DISCOVERY", consumed, 10).await;
    for platform in PLATFORMS {
        search_by(&client, platform, "", &[("GTE", "followers", "1000")]).await.success();
        consumed += 1;
        assert_eq!(app.consumed(10, "DISCOVERY").await, consumed, "{platform}");
        let before = logged(&app).await;
        for query in ["", "?cursor=2", "?cursor=3&source=GCC"] {
            let answer = search_by(&client, platform, query, &[CONTACT]).await;
            answer.refused("500", "limit consumed");
            assert_eq!(answer.json()["profiles"], json!([]));
        }
        let paid = [("GTE", "followers", "1000")];
        search_by(&client, platform, "?cursor=2", &paid).await.success();
        assert_eq!(app.consumed(10, "DISCOVERY").await, consumed, "{platform}");
        assert_eq!(logged(&app).await, before, "{platform}");
    }
}

#[actix_web::test]
async fn without_a_counter_in_force_there_is_no_contract() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let discovery = "WHERE partner_id = 10 AND namespace = 'DISCOVERY'";
    for change in [
        "UPDATE partner_usage SET enabled = false",
        "UPDATE partner_usage SET enabled = true, end_date = now() - interval '1 second'",
        "UPDATE partner_usage SET end_date = now() + interval '2 days', \
         start_date = now() + interval '1 day'",
        "UPDATE partner_usage SET key = 'OTHER', start_date = now() - interval '1 day'",
        "DELETE FROM partner_usage",
    ] {
        app.execute(&format!("{change} {discovery}")).await;
        for platform in PLATFORMS {
            for query in ["", "?cursor=2"] {
                let answer = search_by(&client, platform, query, &[]).await;
                answer.refused("500", "partner contract not found");
            }
        }
    }
    assert_eq!(logged(&app).await, (0, 0));
}

#[actix_web::test]
async fn an_activity_is_updated_by_its_own_account_only() {
    let app = TestApp::start().await;
    let own = app.partner(10, Plan::Saas).await;
    let foreign = app.partner(20, Plan::Saas).await;
    let id = |answer: Answer| answer.success()["status"]["activityId"].as_i64().expect("an id");
    let first = id(search_by(&own, "INSTAGRAM", "", &[]).await);
    let query = format!("?activityId={first}&size=7");
    assert_eq!(id(search_by(&own, "YOUTUBE", &query, &[]).await), first);
    let second = id(search_by(&foreign, "INSTAGRAM", &query, &[]).await);
    assert_ne!(second, first);
    app.execute(&format!("UPDATE activity_tracker SET account_id = 9 WHERE id = {first}")).await;
    let third = id(search_by(&own, "INSTAGRAM", &query, &[]).await);
    for ignored in ["x", "", "0", "-1", "99999999999999999999"] {
        let query = format!("?activityId={ignored}");
        assert!(id(search_by(&own, "INSTAGRAM", &query, &[]).await) > third, "{ignored}");
    }
    let rows = "SELECT string_agg(partner_id || ' ' || account_id || ' ' || (meta ->> 'platform'), \
                ',' ORDER BY id) FROM activity_tracker";
    let rows = app.value(rows).await.expect("rows");
    let expected = "10 9 YOUTUBE,20 201 INSTAGRAM,10 101 INSTAGRAM";
    assert!(rows.starts_with(expected), "{rows}");
    assert_eq!(logged(&app).await, (8, 9));
}

#[actix_web::test]
async fn parallel_premium_searches_never_pass_the_limit() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 995, 1000).await;
    let searches =
        (0..12).map(|index| {
            let platform = PLATFORMS[index % 3];
            let client = client.clone();
            let number = index.to_string();
            async move {
                search_by(&client, platform, "", &[CONTACT, ("GTE", "followers", &number)]).await
            }
        });
    let answers = join_all(searches).await;
    let (served, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status().0 == "SUCCESS");
    assert_eq!(served.len(), 5);
    refused.iter().for_each(|answer| answer.refused("500", "limit consumed"));
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1000);
    assert_eq!(logged(&app).await, (5, 5));
}

#[actix_web::test]
async fn parallel_plain_searches_are_all_counted() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 998, 1000).await;
    let followers: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let filters: Vec<_> = followers.iter().map(|text| [("GTE", "followers", &**text)]).collect();
    let searches = filters.iter().map(|filters| search_by(&client, "INSTAGRAM", "", filters));
    join_all(searches).await.iter().for_each(|answer| drop(answer.success()));
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1008);
    assert_eq!(logged(&app).await, (10, 10));
}

#[actix_web::test]
async fn a_search_is_charged_once_in_24_hours_whichever_page_comes_first() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let other = app.partner(20, Plan::Saas).await;
    for _ in 0..3 {
        app.seed_instagram(&json!({"city": "Pune"})).await;
    }
    let pune = [("EQ", "city", "Pune"), CONTACT];
    app.set_usage(10, "DISCOVERY", 9, 10).await;
    search_by(&client, "INSTAGRAM", "?cursor=2&size=1", &pune).await.success();
    assert_eq!(app.consumed(10, "DISCOVERY").await, 10);
    // The last unit bought all its pages, in any order of its conditions.
    let turned = [CONTACT, ("EQ", "shoe_size", "9"), ("EQ", "city", "Pune")];
    for query in ["", "?cursor=3&size=1", "?sortBy=followers&sortDir=desc", "?size=99"] {
        let answer = search_by(&client, "INSTAGRAM", query, &turned).await.success();
        let is_first_page = !query.contains("cursor");
        assert_eq!(answer["status"]["activityId"].is_i64(), is_first_page, "{query}");
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 10);
    let counts: Vec<_> = app.events().await.iter().map(|e| e["incrementCount"].clone()).collect();
    assert_eq!(counts, [1, 0, 0, 0]);
    // Another order, other conditions, another platform are other searches.
    let limit = "limit consumed";
    let of = async |platform, query, filters: &[(&str, &str, &str)]| {
        search_by(&client, platform, query, filters).await.refused("500", limit);
    };
    of("INSTAGRAM", "?sortDir=asc", &pune).await;
    of("INSTAGRAM", "?cursor=2&sortBy=avg_likes", &pune).await;
    of("INSTAGRAM", "", &[CONTACT]).await;
    of("YOUTUBE", "", &pune).await;
    search_by(&other, "INSTAGRAM", "", &pune).await.success();
    assert_eq!(app.consumed(20, "DISCOVERY").await, 1);
    app.execute("UPDATE charged_search SET created_at = now() - interval '24 hours'").await;
    of("INSTAGRAM", "", &pune).await;
    app.set_usage(10, "DISCOVERY", 0, 10).await;
    search_by(&client, "INSTAGRAM", "", &pune).await.success();
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1);
}

#[actix_web::test]
async fn two_at_once_are_charged_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 0, 1).await;
    let queries = (0..12).map(|index| format!("?cursor={}", 1 + index % 3));
    let queries: Vec<String> = queries.collect();
    let searches = queries.iter().map(|query| search_by(&client, "YOUTUBE", query, &[CONTACT]));
    join_all(searches).await.iter().for_each(|answer| drop(answer.success()));
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1);
    assert_eq!(app.count("charged_search").await, 1);
}

#[actix_web::test]
async fn a_period_starts_with_the_charge_where_the_job_is_late() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 10, 10).await;
    let refused = search_by(&client, "INSTAGRAM", "", &[CONTACT]).await;
    refused.refused("500", "limit consumed");
    let resets = "SELECT (next_reset_on AT TIME ZONE 'Asia/Kolkata')::date FROM partner_usage \
                  WHERE namespace = 'DISCOVERY'";
    let status = refused.json()["status"].clone();
    assert_eq!(status["code"], "limit_consumed");
    assert_eq!(status["resetsOn"].as_str().map(str::to_owned), app.value(resets).await);
    app.execute(
        "UPDATE partner_usage SET start_date = now() - interval '40 days', \
         next_reset_on = now() - interval '1 second'",
    )
    .await;
    let searches = (0..8).map(|_| search_by(&client, "INSTAGRAM", "", &[CONTACT]));
    join_all(searches).await.iter().for_each(|answer| drop(answer.success()));
    assert_eq!(app.consumed(10, "DISCOVERY").await, 1);
    let due = "partner_usage WHERE namespace = 'DISCOVERY' AND next_reset_on < now()";
    assert_eq!(app.count(due).await, 0);
    assert_eq!(app.count("partner_usage WHERE next_reset_on < now()").await, 3, "others wait");
}

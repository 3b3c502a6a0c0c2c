//! Counters start again on their dates.

use coffee::modules::usage::UsageService;
use futures_util::future::join_all;
use serde_json::json;

use super::{at, run};
use crate::support::TestApp;

const NOW: &str = "2024-07-09T18:30:00Z"; // 10 July in India

/// A counter with 7 units consumed; dates are midnights in India.
async fn seed(app: &TestApp, partner: i64, counter: (&str, &str), term: [&str; 3]) {
    let (namespace, frequency) = counter;
    let [start, end, next] = term.map(|date| format!("{date}T00:00:00+05:30"));
    let row = json!({"partner_id": partner, "namespace": namespace, "key": "USAGE", "limit": 10,
        "consumed": 7, "start_date": start, "end_date": end, "next_reset_on": next,
        "frequency": frequency});
    app.seed("partner_usage", &row).await;
}

async fn seed_page(app: &TestApp, partner: i64) {
    let row = json!({"partner_id": partner, "key": "profile-INSTAGRAM-42"});
    app.seed("partner_profile_page_track", &row).await;
}

/// Counters of a partner as `namespace consumed next-reset`.
async fn counters(app: &TestApp, partner: i64) -> Option<String> {
    let sql = format!(
        "SELECT string_agg(namespace || ' ' || consumed || ' ' || \
         to_char(next_reset_on AT TIME ZONE 'Asia/Kolkata', 'YYYY-MM-DD HH24:MI'), ', ' \
         ORDER BY namespace) FROM partner_usage WHERE partner_id = {partner}"
    );
    app.value(&sql).await
}

async fn unlocked(app: &TestApp) -> Option<String> {
    let sql = "SELECT string_agg(partner_id::text, ',' ORDER BY partner_id) \
               FROM partner_profile_page_track";
    app.value(sql).await
}

#[actix_web::test]
async fn counters_start_again_and_those_of_past_contracts_go() {
    let app = TestApp::start().await;
    let far = "2030-01-01";
    seed(&app, 10, ("DISCOVERY", "weekly"), ["2024-07-01", far, "2024-07-08"]).await;
    seed(&app, 10, ("PROFILE_PAGE", "monthly"), ["2024-07-01", far, "2024-08-01"]).await;
    seed(&app, 20, ("PROFILE_PAGE", "Yearly"), ["2023-06-01", far, "2024-06-01"]).await;
    seed(&app, 20, ("DISCOVERY", "quarterly"), ["2024-01-31", far, "2024-04-30"]).await;
    seed(&app, 30, ("PROFILE_PAGE", "daily"), ["2024-01-01", "2024-07-01", "2024-06-30"]).await;
    seed(&app, 30, ("DISCOVERY", "daily"), ["2024-01-01", "2024-07-11", "2024-07-09"]).await;
    seed(&app, 40, ("DISCOVERY", "once"), ["2024-01-01", "2024-07-10", "2024-07-10"]).await;
    seed(&app, 50, ("DISCOVERY", "once"), ["2024-01-01", "2024-07-09", "2024-07-09"]).await;
    seed(&app, -1, ("DISCOVERY", "monthly"), ["2024-01-31", far, "2024-06-30"]).await;
    for partner in [10, 20, 30, 40] {
        seed_page(&app, partner).await;
    }
    let usage = UsageService::new(&app.config);
    assert_eq!(usage.reset_due(&at(&app, NOW).await).await.expect("resets"), 7);
    for (partner, expected) in [
        (10, Some("DISCOVERY 0 2024-07-15 00:00, PROFILE_PAGE 7 2024-08-01 00:00")),
        (20, Some("DISCOVERY 0 2024-07-31 00:00, PROFILE_PAGE 0 2025-06-01 00:00")),
        (30, Some("DISCOVERY 0 2024-07-11 00:00")),
        (40, Some("DISCOVERY 7 2024-07-10 00:00")),
        (50, None),
        (-1, Some("DISCOVERY 0 2024-07-31 00:00")),
    ] {
        assert_eq!(counters(&app, partner).await.as_deref(), expected, "{partner}");
    }
    assert_eq!(unlocked(&app).await.as_deref(), Some("10,40"));
    assert_eq!(usage.reset_due(&at(&app, NOW).await).await.expect("resets"), 0);
}

#[actix_web::test]
async fn a_partner_that_fails_keeps_everything_and_stops_no_other() {
    let app = TestApp::start().await;
    for partner in [10, 20, 30] {
        let term = ["2024-01-01", "2030-01-01", "2024-07-01"];
        seed(&app, partner, ("PROFILE_PAGE", "monthly"), term).await;
        seed_page(&app, partner).await;
    }
    app.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE 'refused'; END $$",
    )
    .await;
    app.execute(
        "CREATE TRIGGER refuse BEFORE DELETE ON partner_profile_page_track \
         FOR EACH ROW WHEN (OLD.partner_id = 20) EXECUTE FUNCTION refuse()",
    )
    .await;
    let usage = UsageService::new(&app.config);
    let outcome = usage.reset_due(&at(&app, NOW).await).await;
    assert!(outcome.expect_err("partner 20").to_string().contains("refused"));
    assert_eq!(counters(&app, 10).await.as_deref(), Some("PROFILE_PAGE 0 2024-08-01 00:00"));
    assert_eq!(counters(&app, 20).await.as_deref(), Some("PROFILE_PAGE 7 2024-07-01 00:00"));
    assert_eq!(counters(&app, 30).await.as_deref(), Some("PROFILE_PAGE 0 2024-08-01 00:00"));
    assert_eq!(unlocked(&app).await.as_deref(), Some("20"));
}

#[actix_web::test]
async fn parallel_resets_do_the_work_once() {
    let app = TestApp::start().await;
    for partner in 1..=10 {
        let term = ["2024-01-01", "2030-01-01", "2024-07-01"];
        seed(&app, partner, ("DISCOVERY", "monthly"), term).await;
    }
    let usage = UsageService::new(&app.config);
    let run = at(&app, NOW).await;
    let outcomes = join_all((0..4).map(|_| usage.reset_due(&run))).await;
    let total: u64 = outcomes.into_iter().map(|outcome| outcome.expect("resets")).sum();
    assert_eq!(total, 10);
    assert_eq!(run_by_hand(&app).await, 10, "since then the next date has come");
}

async fn run_by_hand(app: &TestApp) -> u64 {
    run(app, "usage-reset").await
}

//! Counters of the contracts that come with a token.

use chrono::{Duration, Utc};
use coffee::core::types::Plan;
use coffee::modules::usage::{ContractLimits, UsageService};

use crate::support::TestApp;

const COUNTERS: &str = "SELECT string_agg(namespace || ' ' || consumed || '/' || \"limit\" || ' ' \
    || frequency, ',' ORDER BY namespace) FROM partner_usage WHERE partner_id = 10";

/// Installs the counters of a new contract of partner 10.
async fn install(app: &TestApp, plan: Plan) {
    let unit = app.session_of(-1).await;
    let now = Utc::now();
    let limits = ContractLimits::monthly(plan, (now, now + Duration::days(365)), 7);
    let usage = UsageService::new(&app.config);
    usage.install(&unit, 10, &limits).await.expect("installed");
    unit.commit().await.expect("commits");
}

#[actix_web::test]
async fn a_paid_contract_has_a_monthly_counter_per_limited_module() {
    let app = TestApp::start_with("[clickhouse]\nurl = \"\"\n[usage]\ndefault_limit = 7\n").await;
    app.token(10, Plan::Saas).await;
    let counters = "ACCOUNT_TRACKING 0/7 monthly,CAMPAIGN_REPORT 0/7 monthly,\
                    DISCOVERY 0/7 monthly,PROFILE_PAGE 0/7 monthly";
    assert_eq!(app.value(COUNTERS).await.as_deref(), Some(counters));
    let sound = "partner_usage WHERE enabled AND key = 'USAGE' AND start_date < now() \
                 AND next_reset_on BETWEEN now() + interval '27 days' AND now() + interval '32 days' \
                 AND end_date > now() + interval '364 days'";
    assert_eq!(app.count(sound).await, 4);
    app.set_usage(10, "DISCOVERY", 5, 7).await;
    install(&app, Plan::Paid).await;
    assert_eq!(app.consumed(10, "DISCOVERY").await, 5, "a new contract keeps what was consumed");
}

#[actix_web::test]
async fn the_free_plan_takes_counters_and_unlocked_pages_away() {
    let app = TestApp::start().await;
    for partner in [10, 20] {
        app.token(partner, Plan::Paid).await;
        let row = serde_json::json!({"partner_id": partner, "key": "k"});
        app.seed("partner_profile_page_track", &row).await;
    }
    install(&app, Plan::Free).await;
    assert_eq!(app.value(COUNTERS).await, None);
    assert_eq!(app.count("partner_usage WHERE partner_id = 20").await, 4);
    let left =
        app.value("SELECT string_agg(partner_id::text, ',') FROM partner_profile_page_track");
    assert_eq!(left.await.as_deref(), Some("20"));
}

#[actix_web::test]
async fn counters_of_other_modules_go_and_impossible_terms_are_refused() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.execute("UPDATE partner_usage SET namespace = 'LEADERBOARD' WHERE namespace = 'DISCOVERY'")
        .await;
    let unit = app.session_of(-1).await;
    let usage = UsageService::new(&app.config);
    let now = Utc::now();
    let limits =
        |days, limit| ContractLimits::monthly(Plan::Saas, (now, now + Duration::days(days)), limit);
    for bad in [limits(9, -1), limits(0, 0), limits(-1, 0)] {
        let refused = usage.install(&unit, 10, &bad).await;
        assert_eq!(refused.map_err(|error| error.to_string()), Err("invalid contract".to_owned()));
    }
    usage.install(&unit, 10, &limits(9, 0)).await.expect("installed");
    unit.commit().await.expect("commits");
    let counters = "ACCOUNT_TRACKING 0/0 monthly,CAMPAIGN_REPORT 0/0 monthly,\
                    DISCOVERY 0/0 monthly,PROFILE_PAGE 0/0 monthly";
    assert_eq!(app.value(COUNTERS).await.as_deref(), Some(counters));
}

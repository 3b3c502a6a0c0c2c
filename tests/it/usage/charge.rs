//! What is counted, and when a limit refuses.

use coffee::core::caller::Caller;
use coffee::core::types::Plan;
use coffee::modules::usage::{Activity, ActivityLog, Charge, UsageModule};
use futures_util::future::join_all;
use serde_json::json;

use super::{Engine, caller, log, tracking};
use crate::support::TestApp;

const LIMIT: &str = "limit consumed";
const NO_CONTRACT: &str = "partner contract not found";

fn saas() -> Caller {
    caller(10, Plan::Saas)
}

#[actix_web::test]
async fn paid_units_stop_at_the_limit_and_free_ones_do_not() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.token(20, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    // Consumed before; kind and units; outcome; consumed after.
    for (before, charge, count, refused, after) in [
        (9, Charge::Paid, 1, None, 10),
        (9, Charge::Paid, 0, None, 9),
        (9, Charge::Paid, 2, Some(LIMIT), 9),
        (9, Charge::Paid, i64::MAX, Some(LIMIT), 9),
        (10, Charge::Paid, 0, Some(LIMIT), 10),
        (10, Charge::Paid, 1, Some(LIMIT), 10),
        (11, Charge::Paid, 1, Some(LIMIT), 11),
        (10, Charge::Free, 1, None, 11),
        (10, Charge::Free, 0, None, 10),
        (3, Charge::Free, 50, None, 53),
    ] {
        app.set_usage(10, "ACCOUNT_TRACKING", before, 10).await;
        let case = format!("{before}/10 {charge:?} {count}");
        let events = app.count("event_outbox").await;
        let outcome = engine.log(saas(), tracking(charge, count)).await;
        assert_eq!(outcome.err().as_deref(), refused, "{case}");
        assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, after, "{case}");
        let sent = i64::from(refused.is_none());
        assert_eq!(app.count("event_outbox").await, events + sent, "{case}");
        if charge == Charge::Paid {
            app.set_usage(10, "ACCOUNT_TRACKING", before, 10).await;
            let checked = engine.check(saas(), UsageModule::AccountTracking, count).await;
            let checked = checked.map_err(|error| error.to_string());
            assert_eq!(checked.err().as_deref(), refused, "{case}, checked");
        }
    }
    for module in ["DISCOVERY", "PROFILE_PAGE", "CAMPAIGN_REPORT"] {
        assert_eq!(app.consumed(10, module).await, 0);
    }
    assert_eq!(app.consumed(20, "ACCOUNT_TRACKING").await, 0);
    assert_eq!(app.count("activity_tracker").await, 0, "this activity is not listed");
}

#[actix_web::test]
async fn a_counter_that_is_not_in_force_is_no_counter() {
    let app = TestApp::start().await;
    app.token(10, Plan::Paid).await;
    let engine = Engine::of(&app).await;
    for change in [
        "enabled = false",
        "enabled = true, end_date = now() - interval '1 minute'",
        "start_date = now() + interval '1 day', end_date = now() + interval '2 days'",
        "start_date = now() - interval '1 day', namespace = 'OTHER'",
    ] {
        let only = "WHERE namespace = 'ACCOUNT_TRACKING'";
        app.execute(&format!("UPDATE partner_usage SET {change} {only}")).await;
        for charge in [Charge::Paid, Charge::Free] {
            for count in [0, 1] {
                let outcome = engine.log(caller(10, Plan::Paid), tracking(charge, count)).await;
                assert_eq!(outcome, Err(NO_CONTRACT.to_owned()), "{change} {charge:?} {count}");
            }
        }
        let checked = engine.check(caller(10, Plan::Paid), UsageModule::AccountTracking, 1).await;
        assert_eq!(checked.map_err(|error| error.to_string()), Err(NO_CONTRACT.to_owned()));
    }
    let consumed = app.value("SELECT sum(consumed) FROM partner_usage").await;
    assert_eq!(consumed.as_deref(), Some("0"));
    assert_eq!(app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn only_limited_modules_of_paying_tenants_are_counted_and_all_are_logged() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    let topic = || log(Charge::Paid, UsageModule::TopicResearch, Activity::TopicResearch, 7);
    let report = || log(Charge::Paid, UsageModule::CampaignReport, Activity::CampaignReport, 1);
    let unknown_plan = Caller { plan: Plan::default(), ..saas() };
    for (caller, log) in [
        (saas(), topic()),
        (caller(10, Plan::Free), report()),
        (caller(-1, Plan::Saas), report()),
        (unknown_plan, report()),
    ] {
        let row = engine.log(caller, log).await.expect("logged");
        assert!(row.is_some(), "a row of the activity");
    }
    let consumed = app.value("SELECT sum(consumed) FROM partner_usage").await;
    assert_eq!(consumed.as_deref(), Some("0"));
    engine.log(saas(), report()).await.expect("logged");
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 1);
    assert_eq!(app.count("activity_tracker").await, 5);
    assert_eq!(app.count("event_outbox").await, 5);
}

#[actix_web::test]
async fn callers_without_account_or_partner_are_logged_as_nobody() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    let search = || log(Charge::Paid, UsageModule::Discovery, Activity::Discovery, 1);
    let accountless = Caller { account_id: None, ..saas() };
    engine.log(accountless, search()).await.expect("logged").expect("a row");
    let account = app.value("SELECT account_id FROM activity_tracker").await;
    assert_eq!(account.as_deref(), Some("0"));
    let stranger = Caller { plan: Plan::Paid, ..Caller::default() };
    assert_eq!(engine.log(stranger, search()).await, Ok(None));
    assert_eq!(app.count("activity_tracker").await, 1);
    let events = app.events().await;
    assert_eq!((&events[0]["partnerId"], &events[0]["accountId"]), (&json!(10), &json!(0)));
    assert_eq!((&events[1]["partnerId"], &events[1]["accountId"]), (&json!(0), &json!(0)));
    assert_eq!(events[1]["activityId"], json!(null));
}

#[actix_web::test]
async fn a_row_is_updated_by_its_owner_only() {
    let app = TestApp::start().await;
    for partner in [10, 20] {
        app.token(partner, Plan::Saas).await;
    }
    let engine = Engine::of(&app).await;
    let report = |id: Option<i64>, name: &str| ActivityLog {
        activity_id: id,
        meta: Some(json!({"name": name})),
        ..log(Charge::Free, UsageModule::CampaignReport, Activity::CampaignReport, 1)
    };
    let first = engine.log(saas(), report(None, "first")).await.expect("logged");
    app.execute("UPDATE activity_tracker SET enabled = false").await;
    let again = engine.log(saas(), report(first, "again")).await.expect("logged");
    assert_eq!(again, first);
    let foreign = engine.log(caller(20, Plan::Saas), report(first, "x")).await.expect("logged");
    let colleague = Caller { account_id: Some(102), ..saas() };
    let colleague = engine.log(colleague, report(first, "y")).await.expect("logged");
    let unknown = engine.log(saas(), report(Some(-5), "z")).await.expect("logged");
    let mut ids = vec![first, foreign, colleague, unknown];
    ids.dedup();
    assert_eq!(ids.len(), 4);
    let rows = "SELECT string_agg(partner_id || ':' || account_id || ':' || (meta ->> 'name') \
                || ':' || enabled, ' ' ORDER BY id) FROM activity_tracker";
    let expected = "10:101:again:true 20:101:x:true 10:102:y:true 10:101:z:true";
    assert_eq!(app.value(rows).await.as_deref(), Some(expected));
    let told: Vec<_> = app.events().await.iter().map(|event| event["activityId"].clone()).collect();
    assert_eq!(told, [first, first, foreign, colleague, unknown].map(|id| json!(id)));
}

#[actix_web::test]
async fn a_unit_of_work_that_fails_leaves_no_charge_row_or_event() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    let unit = engine.unit(saas());
    let search = log(Charge::Paid, UsageModule::Discovery, Activity::Discovery, 1);
    engine.usage.charge(&unit, search).await.expect("logged");
    drop(unit);
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    assert_eq!(app.count("activity_tracker").await + app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn parallel_charges_of_several_units_never_pass_the_limit() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 20).await;
    let engine = Engine::of(&app).await;
    let charges = (0..15).map(|_| engine.log(saas(), tracking(Charge::Paid, 3)));
    let outcomes = join_all(charges).await;
    let accepted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(accepted, 6);
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|text| text == LIMIT));
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 18);
    assert_eq!(app.count("event_outbox").await, 6);
}

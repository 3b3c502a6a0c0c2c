//! Profile pages that a partner unlocks.

use coffee::core::caller::Caller;
use coffee::core::types::Plan;
use coffee::modules::usage::{ActivityLog, UsageModule};
use futures_util::future::join_all;
use serde_json::json;

use super::{Engine, caller, page};
use crate::support::TestApp;

fn saas(partner: i64) -> Caller {
    caller(partner, Plan::Saas)
}

async fn tracked(app: &TestApp) -> Option<String> {
    app.value(
        "SELECT string_agg(partner_id || ' ' || key, ',' ORDER BY id) \
         FROM partner_profile_page_track",
    )
    .await
}

#[actix_web::test]
async fn a_page_is_charged_when_it_is_new_to_the_partner() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.token(20, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 3, 10).await;
    let engine = Engine::of(&app).await;
    for _ in 0..2 {
        assert_eq!(engine.log(saas(10), page("profile-INSTAGRAM-42")).await, Ok(None));
        assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 4);
    }
    let event = &app.events().await[0];
    assert_eq!(
        (&event["moduleName"], &event["activityName"]),
        (&json!("PROFILE_PAGE"), &json!("PROFILE_PAGE"))
    );
    assert_eq!((&event["incrementCount"], &event["activityId"]), (&json!(1), &json!(null)));
    assert_eq!(event["activityMeta"], r#"{"id":"x"}"#);
    engine.log(saas(20), page("profile-INSTAGRAM-42")).await.expect("another partner pays too");
    assert_eq!(app.count("event_outbox").await, 2);
    let expected = "10 profile-INSTAGRAM-42,20 profile-INSTAGRAM-42";
    assert_eq!(tracked(&app).await.as_deref(), Some(expected));
}

#[actix_web::test]
async fn a_refused_page_stays_locked() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 10, 10).await;
    let engine = Engine::of(&app).await;
    let refused = engine.log(saas(10), page("k")).await;
    assert_eq!(refused, Err("limit consumed".to_owned()));
    app.execute("DELETE FROM partner_usage").await;
    let refused = engine.log(saas(10), page("k")).await;
    assert_eq!(refused, Err("partner contract not found".to_owned()));
    assert_eq!(tracked(&app).await, None);
    assert_eq!(app.count("event_outbox").await, 0);
}

#[actix_web::test]
async fn keys_are_looked_up_for_the_callers_partner_only() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    engine.log(saas(10), page("a")).await.expect("unlocked");
    let keys = ["a".to_owned(), "b".to_owned()];
    let unlocked = async |caller: Caller| {
        let unit = engine.unit(caller);
        let found = engine.usage.unlocked(&unit, &keys).await.expect("read");
        found.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(unlocked(saas(10)).await, ["a"]);
    assert_eq!(unlocked(saas(20)).await, [""; 0]);
    assert_eq!(unlocked(Caller::default()).await, [""; 0]);
}

#[actix_web::test]
async fn neither_the_platform_nor_the_free_plan_nor_another_module_unlocks() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    let engine = Engine::of(&app).await;
    engine.log(caller(-1, Plan::Paid), page("k")).await.expect("logged");
    engine.log(caller(30, Plan::Free), page("k")).await.expect("logged");
    let other = ActivityLog { module: UsageModule::AccountTracking, ..page("k") };
    engine.log(saas(10), other).await.expect("logged");
    assert_eq!(tracked(&app).await, None);
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 1);
}

#[actix_web::test]
async fn parallel_unlocks_of_one_page_charge_once() {
    let app = TestApp::start().await;
    app.token(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 9, 10).await;
    let engine = Engine::of(&app).await;
    let outcomes = join_all((0..12).map(|_| engine.log(saas(10), page("k")))).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Ok(None)), "{outcomes:?}");
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 10);
    assert_eq!(app.count("event_outbox").await, 1);
}

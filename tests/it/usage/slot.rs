//! Places that the plan FREE has a number of.

use coffee::core::caller::Caller;
use coffee::core::db::{TenantDb, TenantSql};
use coffee::core::error::Error;
use coffee::core::types::Plan;
use coffee::modules::usage::Quota;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;

use super::{Engine, caller};
use crate::support::TestApp;

const QUOTA: Quota = Quota { name: "slot of a test", free: 3, refusal: "no more than 3" };
const COUNT: TenantSql = TenantSql::of_scope(
    "SELECT count(*) AS used FROM activity_tracker WHERE partner_id BETWEEN $1 AND $2",
);

async fn used(tenant: &TenantDb<'_>) -> Result<i64, Error> {
    let row = tenant.one(COUNT, []).await?.expect("a row");
    Ok(row.try_get("", "used")?)
}

/// Stores `more` rows where they are admitted.
async fn add(engine: &Engine, caller: Caller, more: i64) -> Result<(), String> {
    let unit = engine.unit(caller.clone());
    let admitted = engine.usage.slot(&unit, (&QUOTA, more), used).await;
    admitted.map_err(|error| error.to_string())?;
    let insert = format!(
        "INSERT INTO activity_tracker (type, partner_id, account_id) \
         SELECT 'X', {}, 1 FROM generate_series(1, {more})",
        caller.partner_id.unwrap_or_default()
    );
    unit.write().await.expect("begins").execute_unprepared(&insert).await.expect("stored");
    unit.commit().await.map(drop).map_err(|error| error.to_string())
}

#[actix_web::test]
async fn parallel_requests_never_take_more_places_than_there_are() {
    let app = TestApp::start().await;
    let engine = Engine::of(&app).await;
    let outcomes = join_all((0..12).map(|_| add(&engine, caller(10, Plan::Free), 1))).await;
    let refused: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, ["no more than 3"; 9]);
    assert_eq!(app.count("activity_tracker WHERE partner_id = 10").await, 3);
}

#[actix_web::test]
async fn several_places_are_taken_at_once_or_none_and_other_plans_have_no_number() {
    let app = TestApp::start().await;
    let engine = Engine::of(&app).await;
    let free = || caller(20, Plan::Free);
    assert_eq!(add(&engine, free(), 4).await, Err("no more than 3".to_owned()));
    assert_eq!(add(&engine, free(), 3).await, Ok(()));
    assert_eq!(add(&engine, free(), i64::MAX).await, Err("no more than 3".to_owned()));
    assert_eq!(add(&engine, caller(20, Plan::Paid), 4).await, Ok(()));
    assert_eq!(add(&engine, caller(-1, Plan::Free), 4).await, Ok(()));
}

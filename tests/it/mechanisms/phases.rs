//! Two transactions with something foreign between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::error::Error;
use coffee::core::stores::Stores;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::FutureExt as _;
use sea_orm::ConnectionTrait as _;

use crate::support::TestApp;

async fn unit(app: &TestApp) -> UnitOfWork {
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let caller = Caller { partner_id: Some(10), account_id: Some(1), ..Caller::default() };
    UnitOfWork::new(stores, Arc::new(caller), Instant::now() + Duration::from_secs(5))
}

async fn run(unit: &UnitOfWork, sql: &str) -> Result<(), Error> {
    unit.write().await?.execute_unprepared(sql).await?;
    Ok(())
}

async fn draft(unit: &UnitOfWork) -> Result<(), Error> {
    let own = unit.apart();
    run(&own, "INSERT INTO partner_profile_page_track (partner_id, key) VALUES (10, 'k')").await?;
    own.commit().await.map(drop)
}

async fn rows(app: &TestApp) -> Option<String> {
    app.value("SELECT count(*) FROM partner_profile_page_track").await
}

#[actix_web::test]
async fn the_first_phase_is_stored_while_nothing_is_open() {
    let app = TestApp::start().await;
    let unit = unit(&app).await;
    draft(&unit).await.expect("stored");
    assert_eq!(rows(&app).await.as_deref(), Some("1"));
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND state LIKE 'idle in transaction%'";
    assert_eq!(app.value(open).await.as_deref(), Some("0"));
    // Whatever becomes of the rest.
    run(&unit, "DELETE FROM partner_profile_page_track").await.expect("runs");
    drop(unit);
    assert_eq!(rows(&app).await.as_deref(), Some("1"));
}

#[actix_web::test]
async fn the_first_phase_is_undone_unless_the_second_one_is_stored() {
    let app = TestApp::start().await;
    let unit = unit(&app).await;
    let remove = || {
        unit.undo(|own| run(own, "DELETE FROM partner_profile_page_track WHERE key = 'k'").boxed())
    };
    draft(&unit).await.expect("stored");
    remove().disarm();
    draft(&unit).await.expect_err("it is still there");
    // The client leaves while the foreign service is asked.
    let outside = async {
        let _undo = remove();
        std::future::pending::<()>().await;
    };
    assert!(outside.now_or_never().is_none());
    app.eventually("it is undone", || async { rows(&app).await.as_deref() == Some("0") }).await;
    draft(&unit).await.expect("stored again");
}

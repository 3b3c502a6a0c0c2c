//! Commit before the answer; rollback on refusal, panic, deadline and disconnect.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use coffee::core::caller::Caller;
use coffee::core::envelope::{ERROR, Envelope, Status};
use coffee::core::error::{Code, Error};
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::core::work::Work;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, without_code};

#[derive(serde::Serialize)]
struct Done {
    status: Status,
}

impl Envelope for Done {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status }
    }
}

async fn work(app: &TestApp, limit: Duration) -> (Stores, Work) {
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let caller = Caller { partner_id: Some(10), account_id: Some(1), ..Caller::default() };
    let work = <Work>::new(stores.clone(), Arc::new(caller), Instant::now(), limit);
    (stores, work)
}

async fn write_row_and_event(unit: &UnitOfWork) -> Result<(), Error> {
    let db = unit.write().await?;
    db.execute_unprepared(
        "INSERT INTO partner_profile_page_track (partner_id, key) VALUES (10, 'k')",
    )
    .await?;
    unit.emit("coffee.dx___activity_tracker_rk", None, &json!({"a": 1}))
}

async fn stored(app: &TestApp) -> (String, String) {
    let rows = app.value("SELECT count(*) FROM partner_profile_page_track").await;
    let events = app.value("SELECT count(*) FROM event_outbox").await;
    (rows.unwrap_or_default(), events.unwrap_or_default())
}

async fn body(answer: impl Into<HttpResponse>) -> Value {
    let answer: HttpResponse = answer.into();
    let bytes = to_bytes(answer.into_body()).await.expect("a body");
    serde_json::from_slice(&bytes).expect("one JSON document")
}

#[actix_web::test]
async fn success_commits_row_and_event_together() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(5)).await;
    let answer = work.run(async |unit| {
        write_row_and_event(unit).await?;
        Ok(Done { status: Status::success("done", 1) })
    });
    assert_eq!(body(answer.await).await["status"]["status"], "SUCCESS");
    assert_eq!(stored(&app).await, ("1".into(), "1".into()));
    let event = app.value("SELECT to_jsonb(e) FROM event_outbox e").await.expect("one event");
    let event: Value = serde_json::from_str(&event).expect("JSON");
    assert_eq!(event["topic"], "coffee.dx___activity_tracker_rk");
    assert_eq!(event["order_key"], "10");
    assert_eq!(event["headers"]["x-bb-partner-id"], "10");
}

#[actix_web::test]
async fn a_refusal_rolls_back() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(5)).await;
    let answer = work.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        Err(Error::refused(Code::Conflict, "no"))
    });
    let expected = json!({"status": {"status": "ERROR", "message": "no"}});
    assert_eq!(without_code(body(answer.await).await), expected);
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
}

#[actix_web::test]
async fn a_part_that_is_refused_is_undone_alone() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(5)).await;
    let answer = work.run(async |unit| {
        write_row_and_event(unit).await?;
        let refused = unit.part(async {
            let db = unit.write().await?;
            db.execute_unprepared("DELETE FROM partner_profile_page_track").await?;
            unit.emit("coffee.dx___activity_tracker_rk", None, &json!({"a": 2}))?;
            Err::<(), _>(Error::refused(Code::Conflict, "no"))
        });
        assert!(matches!(refused.await, Err(Error::Refused(_))));
        let done = unit
            .part(async { unit.emit("coffee.dx___activity_tracker_rk", None, &json!({"a": 3})) });
        done.await?;
        Ok(Done { status: Status::success("done", 1) })
    });
    assert_eq!(body(answer.await).await["status"]["status"], "SUCCESS");
    assert_eq!(stored(&app).await, ("1".into(), "2".into()));
    assert_eq!(app.events().await, [json!({"a": 1}), json!({"a": 3})]);
}

#[actix_web::test]
async fn a_refusal_commits_what_is_to_be_kept() {
    let app = TestApp::start().await;
    let (_, refusing) = work(&app, Duration::from_secs(5)).await;
    let answer = refusing.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        unit.keep();
        Err(Error::refused(Code::Conflict, "no"))
    });
    let expected = json!({"status": {"status": "ERROR", "message": "no"}});
    assert_eq!(without_code(body(answer.await).await), expected);
    assert_eq!(stored(&app).await, ("1".into(), "1".into()));
}

#[actix_web::test]
async fn a_failure_keeps_nothing() {
    let app = TestApp::start().await;
    let (_, failing) = work(&app, Duration::from_secs(5)).await;
    let answer = failing.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        unit.keep();
        Err(Error::internal("test", "broken"))
    });
    assert_eq!(body(answer.await).await["status"]["message"], "Something Went Wrong");
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
}

/// The answer of a module that says `500`.
#[derive(serde::Serialize)]
struct Rows {
    status: Status,
    rows: Vec<i64>,
}

impl Envelope for Rows {
    const FAILURE: &'static str = "500";

    fn failed(status: Status) -> Self {
        Self { status, rows: Vec::new() }
    }
}

#[actix_web::test]
async fn a_commit_that_fails_is_an_error_whatever_the_module_says() {
    let app = TestApp::start().await;
    let (_, failing) = work(&app, Duration::from_secs(5)).await;
    let answer = failing.run(async |unit| {
        write_row_and_event(unit).await?;
        let twice = "CREATE TEMP TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED) \
                     ON COMMIT DROP; INSERT INTO once VALUES (1), (1)";
        unit.write().await?.execute_unprepared(twice).await?;
        Ok(Rows { status: Status::success("done", 1), rows: vec![1] })
    });
    let status = json!({"status": "ERROR", "message": "Something Went Wrong", "code": "internal"});
    assert_eq!(body(answer.await).await, json!({"status": status, "rows": []}));
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
}

#[actix_web::test]
async fn tasks_run_after_the_commit_and_never_without() {
    let app = TestApp::start().await;
    let (seen, seeing) = tokio::sync::mpsc::unbounded_channel();
    for (message, refuse) in [("stored", false), ("refused", true)] {
        let (_, work) = work(&app, Duration::from_secs(5)).await;
        let (seen, owner) = (seen.clone(), app.owner.clone());
        let answer = work.run(async |unit| {
            unit.write()
                .await?
                .execute_unprepared(
                    "INSERT INTO partner_profile_page_track (partner_id, key) \
                 VALUES (10, gen_random_uuid()::text)",
                )
                .await?;
            unit.after_commit(async move {
                let sql = "SELECT count(*) FROM partner_profile_page_track";
                let rows: i64 =
                    sea_orm::sqlx::query_scalar(sql).fetch_one(&owner).await.expect("counted");
                seen.send((message, rows)).expect("somebody listens");
            });
            if refuse {
                return Err(Error::refused(Code::Conflict, "no"));
            }
            Ok(Done { status: Status::success("done", 1) })
        });
        answer.await;
    }
    drop(seen);
    let mut seeing = seeing;
    assert_eq!(seeing.recv().await, Some(("stored", 1)));
    assert_eq!(seeing.recv().await, None);
}

#[actix_web::test]
async fn a_panic_rolls_back_and_answers_the_envelope() {
    let app = TestApp::start().await;
    let (stores, work) = work(&app, Duration::from_secs(5)).await;
    let answer = work.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        panic!("a defect");
    });
    let answer = answer.await;
    assert_eq!(answer.status(), 200);
    let expected = json!({"status": {"status": "ERROR", "message": "Something Went Wrong"}});
    assert_eq!(without_code(body(answer).await), expected);
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
    assert_eq!(stores.metrics.panics.get(), 1);
}

#[actix_web::test]
async fn the_deadline_cancels_handler_and_statement() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(1)).await;
    let started = Instant::now();
    let answer = work.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        let db = unit.write().await?;
        // Its own limit is lifted: only the cancellation at the deadline can end it.
        db.execute_unprepared("SET LOCAL statement_timeout = 0; SELECT pg_sleep(30)").await?;
        Ok(Done { status: Status::success("done", 1) })
    });
    let answer = answer.await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(answer.status(), 504);
    let expected = json!({"status": {"status": "ERROR", "message": "request timed out"}});
    assert_eq!(without_code(body(answer).await), expected);
    app.eventually("the statement is cancelled", || sleepers(&app, "0")).await;
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
}

#[actix_web::test]
async fn a_dropped_request_rolls_back_and_cancels() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(60)).await;
    let run = work.run::<Done, _>(async |unit| {
        write_row_and_event(unit).await?;
        unit.write().await?.execute_unprepared("SELECT pg_sleep(60)").await?;
        Ok(Done { status: Status::success("done", 1) })
    });
    tokio::select! {
        _ = run => panic!("the statement ended by itself"),
        () = app.eventually("the statement runs", || sleepers(&app, "1")) => {}
    }
    app.eventually("the statement is cancelled", || sleepers(&app, "0")).await;
    assert_eq!(stored(&app).await, ("0".into(), "0".into()));
}

async fn sleepers(app: &TestApp, expected: &str) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' \
               AND datname = current_database() AND pid <> pg_backend_pid() \
               AND query LIKE '%pg_sleep%'";
    app.application_value(sql).await.as_deref() == Some(expected)
}

#[actix_web::test]
async fn parallel_first_touches_open_one_transaction() {
    let app = TestApp::start().await;
    let (_, work) = work(&app, Duration::from_secs(5)).await;
    let answer = work.run(async |unit| {
        let (one, two) = tokio::join!(transaction_id(unit), transaction_id(unit));
        assert_eq!(one?, two?);
        Ok(Done { status: Status::success("done", 1) })
    });
    assert_eq!(body(answer.await).await["status"]["status"], "SUCCESS");
}

async fn transaction_id(unit: &UnitOfWork) -> Result<i64, Error> {
    let statement = sea_orm::Statement::from_string(
        sea_orm::DbBackend::Postgres,
        "SELECT txid_current() AS id",
    );
    let row = unit.write().await?.query_one_raw(statement).await?;
    Ok(row.expect("a row").try_get("", "id")?)
}

/// A writer that waits for a row another transaction holds.
async fn blocked_update(app: &TestApp) -> (Client, String) {
    let client = app.partner(10, Plan::Saas).await;
    let group = json!({"source": "SAAS", "sourceId": "g1", "name": "before"});
    let created = client.post("/collection-group-service/api/group", &group).await.success();
    let id = created["groups"][0]["id"].as_i64().expect("an id");
    (client, format!("/collection-group-service/api/group/{id}"))
}

#[actix_web::test]
async fn a_blocked_request_answers_504_at_its_deadline() {
    let app = TestApp::start_with(
        "[clickhouse]\nurl = \"\"\n[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\n\
         drain_delay_secs = 0\ntimeout_secs = 1",
    )
    .await;
    let (client, path) = blocked_update(&app).await;
    let mut lock = app.owner.begin().await.expect("begins");
    let hold = sea_orm::sqlx::query("SELECT 1 FROM collection_group FOR UPDATE");
    hold.execute(&mut *lock).await.expect("locked");
    let answer = client.put(&path, &json!({"name": "after"})).await;
    assert_eq!(answer.code, 504, "{}", answer.text);
    assert_eq!(answer.status(), ("ERROR".into(), "request timed out".into()));
    lock.rollback().await.expect("unlocked");
    assert_eq!(app.value("SELECT name FROM collection_group").await.as_deref(), Some("before"));
}

#[actix_web::test]
async fn a_client_that_goes_away_changes_nothing() {
    let app = TestApp::start().await;
    let (client, path) = blocked_update(&app).await;
    let mut lock = app.owner.begin().await.expect("begins");
    let hold = sea_orm::sqlx::query("SELECT 1 FROM collection_group FOR UPDATE");
    hold.execute(&mut *lock).await.expect("locked");
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                   AND datname = current_database()";
    let change = json!({"name": "after"});
    let update = client.put(&path, &change);
    tokio::select! {
        answer = update => panic!("answered {}", answer.text),
        () = app.eventually("the update waits", || async {
            app.application_value(waiting).await.as_deref() == Some("1")
        }) => {}
    }
    app.eventually("the waiting statement is cancelled", || async {
        app.application_value(waiting).await.as_deref() == Some("0")
    })
    .await;
    lock.rollback().await.expect("unlocked");
    assert_eq!(app.value("SELECT name FROM collection_group").await.as_deref(), Some("before"));
}

//! Job batches: work once, report until it is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpResponse;
use coffee::core::error::{Code, Error};
use coffee::core::events::{Delivery, Outcome, Queue, Subscription, deliver};
use coffee::core::job_batch::{BatchHandler, JobBatch, JobTracker, Refusal};
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::{Bed, dead, message, message_of};
use crate::support::{HttpFake, TestApp};

const HANDLER: &str = "test_batch";

/// What the work does after its write.
#[derive(Clone)]
enum Then {
    Succeeds,
    Refuses(Refusal),
    Fails,
    Meets(Arc<Barrier>),
}

struct Batches {
    bed: Bed,
    tracker: HttpFake,
    subscription: Subscription,
    runs: Arc<AtomicUsize>,
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": {"type": "SUCCESS"}}))
}

fn batch() -> Value {
    json!({
        "id": 5, "status": "PENDING", "remarks": null, "version": 3,
        "jobEntry": {"id": 9, "jobType": "TEST", "input": {"a": "b"}, "later": [1.5, null]},
        "jobBatchItems": [{"id": 1, "status": "PENDING", "inputNode": {"n": "1"}, "more": {}}],
    })
}

/// The batch with the outcome of its items and its own.
fn outcome(item: &str, remark: &str, status: &str, remarks: Value) -> Value {
    let mut batch = batch();
    batch["jobBatchItems"][0]["status"] = json!(item);
    batch["jobBatchItems"][0]["outputNode"] = json!({"STATUS": item, "REMARK": remark});
    batch["status"] = json!(status);
    batch["remarks"] = remarks;
    batch
}

fn done() -> Value {
    outcome("SUCCESS", "done", "COMPLETED", json!("Items Processed"))
}

async fn work(unit: &UnitOfWork, mut batch: JobBatch, then: Then) -> Result<JobBatch, Error> {
    let sql = "INSERT INTO partner_profile_page_track (partner_id, key) \
               VALUES (10, gen_random_uuid()::text)";
    unit.write().await?.execute_unprepared(sql).await?;
    match then {
        Then::Succeeds => {}
        Then::Refuses(_) => return Err(Error::refused(Code::NotFound, "Invalid Collection")),
        Then::Fails => return Err(Error::internal("test", "away")),
        Then::Meets(barrier) => {
            barrier.wait().await;
        }
    }
    batch.items.iter_mut().for_each(|item| item.succeed("done"));
    batch.complete(Some("Items Processed"));
    Ok(batch)
}

impl Batches {
    async fn start(then: Then) -> Self {
        let tracker = HttpFake::start(|_| ok()).await;
        let url = format!("{}/jobs", tracker.url);
        let bed = Bed::of(TestApp::start().await, |config| {
            config.job_tracker.url = url;
            config.job_tracker.timeout_ms = 500;
        })
        .await;
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let refusal = match then {
            Then::Refuses(refusal) => refusal,
            _ => Refusal::FailsBatch,
        };
        let client = Arc::new(JobTracker::new(&bed.config.job_tracker));
        let handler = BatchHandler::new(HANDLER, client, move |unit, batch: JobBatch| {
            counted.fetch_add(1, Ordering::Relaxed);
            let then = then.clone();
            async move { work(unit, batch, then).await }.boxed()
        });
        let queue = Queue::new("jobtracker.dx", "test_batch_q");
        let subscription = handler.refusal(refusal).subscribe(queue);
        Self { bed, tracker, subscription, runs }
    }

    async fn deliver(&self, delivery: &Delivery) -> Outcome {
        deliver(&self.bed.stores, &self.subscription, delivery).await
    }

    async fn deliver_batch(&self) -> Outcome {
        self.deliver(&message_of(Plan::Saas, &batch())).await
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    /// Committed effects of the work.
    async fn effects(&self) -> i64 {
        self.bed.app.count("partner_profile_page_track").await
    }

    fn reports(&self) -> Vec<Value> {
        self.tracker.seen().iter().map(|seen| seen.json()).collect()
    }

    async fn result(&self, label: &str) -> f64 {
        let metric = &self.bed.stores.metrics.job_batches;
        metric.with_label_values(&[HANDLER, label]).get() as f64
    }
}

#[actix_web::test]
async fn a_batch_is_worked_on_and_reported_with_everything_it_came_with() {
    let batches = Batches::start(Then::Succeeds).await;
    assert_eq!(batches.deliver_batch().await, Outcome::Done);
    assert_eq!((batches.runs(), batches.effects().await), (1, 1));
    assert_eq!(batches.reports(), [done()]);
    let report = batches.tracker.seen().remove(0);
    assert_eq!((report.method.as_str(), report.path.as_str()), ("PUT", "/jobs/batch/5"));
    assert_eq!(report.header("x-bb-partner-id"), Some("10"));
    assert_eq!(report.header("x-bb-account-id"), Some("101"));
    assert_eq!(report.header("x-bb-plan-type"), Some("SAAS"));
    // Basic 1001~1001~1~101:1001
    assert_eq!(report.header("authorization"), Some("Basic MTAwMX4xMDAxfjF+MTAxOjEwMDE="));
    assert_eq!(batches.result("COMPLETED").await, 1.0);
}

#[actix_web::test]
async fn a_failing_report_is_repeated_without_the_work() {
    let batches = Batches::start(Then::Succeeds).await;
    let mut calls = 0;
    batches.tracker.answers(move |_| {
        calls += 1;
        match calls {
            1 => HttpResponse::InternalServerError().finish(),
            2 => HttpResponse::Ok().json(json!({"status": {"type": "ERROR", "message": "no"}})),
            3 => HttpResponse::Found().insert_header(("location", "/elsewhere")).finish(),
            _ => HttpResponse::Ok().body("thanks"),
        }
    });
    assert_eq!(batches.deliver_batch().await, Outcome::Done);
    assert_eq!((batches.runs(), batches.effects().await), (1, 1));
    assert_eq!(batches.reports(), vec![done(); 4]);
}

#[actix_web::test]
async fn a_redelivery_repeats_only_the_report() {
    let batches = Batches::start(Then::Succeeds).await;
    batches.tracker.answers(|_| HttpResponse::ServiceUnavailable().finish());
    let (reason, attempts) = dead(batches.deliver_batch().await);
    assert_eq!(attempts, 4);
    assert!(reason.starts_with("job tracker: ") && reason.contains("503"), "{reason}");
    assert_eq!((batches.runs(), batches.effects().await), (1, 1));
    batches.tracker.answers(|_| ok());
    assert_eq!(batches.deliver_batch().await, Outcome::Done);
    assert_eq!((batches.runs(), batches.effects().await), (1, 1));
    assert_eq!(batches.reports(), vec![done(); 5]);
    assert_eq!(batches.result("REPEATED").await, 4.0);
}

#[actix_web::test]
async fn a_refusal_is_rolled_back_and_reported() {
    let items = Refusal::FailsItems("Processing Complete");
    for (refusal, status, remarks) in [
        (Refusal::FailsBatch, "FAILED", "Invalid Collection"),
        (items, "COMPLETED", "Processing Complete"),
    ] {
        let batches = Batches::start(Then::Refuses(refusal)).await;
        for _ in 0..2 {
            assert_eq!(batches.deliver_batch().await, Outcome::Done);
        }
        assert_eq!((batches.runs(), batches.effects().await), (1, 0));
        let failed = outcome("FAILURE", "Invalid Collection", status, json!(remarks));
        assert_eq!(batches.reports(), vec![failed; 2]);
    }
}

#[actix_web::test]
async fn a_failure_is_retried_and_nothing_is_reported() {
    let batches = Batches::start(Then::Fails).await;
    assert_eq!(dead(batches.deliver_batch().await), ("test: away".to_owned(), 4));
    assert_eq!((batches.runs(), batches.effects().await), (4, 0));
    assert!(batches.reports().is_empty());
    assert_eq!(batches.bed.app.count("processed_batch").await, 0);
}

#[actix_web::test]
async fn two_deliveries_at_the_same_time_have_one_effect() {
    let batches = Batches::start(Then::Meets(Arc::new(Barrier::new(2)))).await;
    let outcomes = join_all([batches.deliver_batch(), batches.deliver_batch()]).await;
    assert_eq!(outcomes, [Outcome::Done, Outcome::Done]);
    assert_eq!((batches.runs(), batches.effects().await), (2, 1));
    assert_eq!(batches.reports(), vec![done(); 2]);
}

#[actix_web::test]
async fn what_is_no_batch_is_given_up_at_once() {
    let batches = Batches::start(Then::Succeeds).await;
    let mut bodies = vec![json!([]), json!({}), json!("x")];
    for (member, values) in [
        ("id", vec![json!(null), json!("5"), json!(5.5), json!(u64::MAX), json!(0), json!(-1)]),
        ("jobBatchItems", vec![json!(null), json!([]), json!({}), json!([1]), json!([[]])]),
        ("jobEntry", vec![json!("x"), json!([])]),
        ("remarks", vec![json!(5)]),
        ("version", vec![json!("nul\u{0}")]),
    ] {
        for value in values {
            let mut broken = batch();
            broken[member] = value;
            bodies.push(broken);
        }
    }
    for body in bodies {
        let (reason, attempts) = dead(batches.deliver(&message_of(Plan::Saas, &body)).await);
        assert_eq!(attempts, 1, "{body}: {reason}");
    }
    assert_eq!(batches.effects().await, 0);
    assert!(batches.reports().is_empty());
}

#[actix_web::test]
async fn a_nobody_is_vouched_for_by_the_service() {
    let tracker = HttpFake::start(|_| ok()).await;
    let url = tracker.url.clone();
    let bed = Bed::of(TestApp::start().await, |config| {
        config.job_tracker.url = url;
        config.job_tracker.authorization = coffee::core::config::Secret::new("Basic c2VydmljZQ==");
    })
    .await;
    let outcome = bed.deliver("download_leaderboard", &message(&batch())).await;
    assert_eq!(outcome, Outcome::Done);
    let report = tracker.seen().remove(0);
    assert_eq!(report.header("authorization"), Some("Basic c2VydmljZQ=="));
    assert_eq!(report.json()["remarks"], "Unauthorized Access");
}

#[actix_web::test]
async fn without_a_tracker_the_work_is_done_and_waits_for_its_report() {
    let bed = Bed::start().await;
    let (reason, attempts) = dead(bed.deliver("download_leaderboard", &message(&batch())).await);
    assert_eq!((reason.as_str(), attempts), ("job tracker: not configured", 4));
    assert_eq!(bed.app.count("processed_batch").await, 1);
}

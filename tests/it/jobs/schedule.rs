//! When jobs run: again after a failure, at times of day, after each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coffee::core::error::Error;
use coffee::core::jobs::{self, Job, RunError, When};
use tokio_util::sync::CancellationToken;

use super::{metric, replica, start, state, until};
use crate::support::TestApp;

const HOUR: Duration = Duration::from_secs(3600);

/// A job that counts its runs, and fails as long as fewer than `fails` were made.
fn counting(name: &'static str, when: When, fails: usize) -> (Job, Arc<AtomicUsize>) {
    let runs = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&runs);
    let job = Job::new((name, "Counts"), when, move |_| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(if run < fails { Err(Error::internal("part", "broken")) } else { Ok(1) })
    });
    (job.retries(2, Duration::from_millis(20)), runs)
}

#[actix_web::test]
async fn a_failed_job_is_tried_again_until_it_works_or_no_attempt_is_left() {
    let app = TestApp::start().await;
    let (mends, mended) = counting("mends", When::Every(HOUR), 2);
    let (fails, failed) = counting("fails", When::Every(HOUR), usize::MAX);
    let (stores, stop) = (replica(&app).await, CancellationToken::new());
    let runner = start(&stores, &[mends, fails], &stop);
    let line = |name, failures| {
        format!("coffee_job_failures{{job=\"{name}\",service=\"coffee\"}} {failures}")
    };
    until("one works", || async { metric(&stores, &line("mends", 0)) }).await;
    until("one is given up", || async { metric(&stores, &line("fails", 3)) }).await;
    let fails = state(&app, "fails").await.expect("recorded");
    assert_eq!((fails.failures, fails.last_succeeded_at), (3, None));
    let mends = state(&app, "mends").await.expect("recorded");
    assert_eq!((mends.failures, mends.last_error), (0, None));
    let (succeeded, finished) = (mends.last_succeeded_at, mends.last_finished_at);
    let apart = succeeded.expect("succeeded") - finished.expect("finished");
    // Both are read as ages, which are rounded.
    assert!(apart.abs() < chrono::TimeDelta::milliseconds(1), "{apart}");
    stop.cancel();
    runner.await.expect("no panic");
    // Neither has another attempt before its hour.
    assert_eq!((mended.load(Ordering::SeqCst), failed.load(Ordering::SeqCst)), (3, 3));
}

#[actix_web::test]
async fn a_run_whose_replica_died_is_made_up_for_and_counted() {
    let app = TestApp::start().await;
    app.execute(
        "INSERT INTO job_run (name, last_started_at) VALUES ('dies', now() - interval '1 minute')",
    )
    .await;
    let (job, runs) = counting("dies", When::Every(HOUR), 1);
    let stop = CancellationToken::new();
    let runner = start(&replica(&app).await, &[job], &stop);
    let done = async || state(&app, "dies").await.is_some_and(|s| s.last_succeeded_at.is_some());
    until("it is done", done).await;
    stop.cancel();
    runner.await.expect("no panic");
    // The death was one failure, the first run the second one: no more than two attempts.
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[actix_web::test]
async fn a_time_of_day_that_nobody_was_there_for_is_made_up_for_once() {
    let app = TestApp::start().await;
    let cron = || When::Cron("0 3 * * *".parse().expect("cron"), app.config.app.time_zone);
    for (name, ago) in [("missed", "25 hours"), ("kept", "0 hours")] {
        app.execute(&format!(
            "INSERT INTO job_run (name, last_started_at, last_finished_at, last_succeeded_at) \
             VALUES ('{name}', now() - interval '{ago}', now(), now())"
        ))
        .await;
    }
    let (missed, missed_runs) = counting("missed", cron(), 0);
    let (kept, kept_runs) = counting("kept", cron(), 0);
    let (stores, stop) = (replica(&app).await, CancellationToken::new());
    let runner = start(&stores, &[missed.clone(), kept], &stop);
    until("it is made up for", || async { missed_runs.load(Ordering::SeqCst) > 0 }).await;
    let late = r#"coffee_job_overdue_seconds{job="missed",service="coffee"} 0"#;
    until("it is overdue no longer", || async { metric(&stores, late) }).await;
    let late = r#"coffee_job_overdue_seconds{job="kept",service="coffee"} 0"#;
    until("the other one was looked at", || async { metric(&stores, late) }).await;
    stop.cancel();
    runner.await.expect("no panic");
    assert_eq!((missed_runs.load(Ordering::SeqCst), kept_runs.load(Ordering::SeqCst)), (1, 0));
    let states = jobs::states(&stores).await.expect("states");
    let now = chrono::Utc::now();
    assert!(jobs::due(&missed, &states, now).is_some_and(|next| next > now));
}

#[actix_web::test]
async fn a_job_follows_the_successes_of_another_one_wherever_that_runs() {
    let app = TestApp::start().await;
    let (first, _) = counting("first", When::ByHand, 1);
    let (second, follows) = counting("second", When::After("first"), 0);
    let (third, ends) = counting("third", When::After("second"), 0);
    let (here, elsewhere) = (replica(&app).await, replica(&app).await);
    let by_hand = async || jobs::run_now(&elsewhere, &first, &CancellationToken::new()).await;
    // A failure has no followers.
    assert!(matches!(by_hand().await, Err(RunError::Failed(_))));
    let all = [first.clone(), second, third];
    let stop = CancellationToken::new();
    let runner = start(&here, &all, &stop);
    let seen = r#"coffee_job_failures{job="third",service="coffee"} 0"#;
    until("all were looked at", || async { metric(&here, seen) }).await;
    stop.cancel();
    runner.await.expect("no panic");
    assert_eq!((follows.load(Ordering::SeqCst), ends.load(Ordering::SeqCst)), (0, 0));
    for runs in [1, 2] {
        assert_eq!(by_hand().await.expect("works"), 1);
        let stop = CancellationToken::new();
        let runner = start(&here, &all, &stop);
        until("the last one runs", || async { ends.load(Ordering::SeqCst) == runs }).await;
        stop.cancel();
        runner.await.expect("no panic");
        assert_eq!(follows.load(Ordering::SeqCst), runs);
    }
}

#[actix_web::test]
async fn a_job_has_a_deadline_of_its_own() {
    let app = TestApp::start().await;
    let job = Job::new(("hangs", "x"), HOUR, async |_| std::future::pending().await);
    let job = job.deadline(Duration::from_millis(50));
    let done = jobs::run_now(&replica(&app).await, &job, &CancellationToken::new()).await;
    assert!(matches!(&done, Err(RunError::Failed(text)) if text == "not done after 0.05 s"));
}

//! One replica of many runs a job, and survives what the job does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use coffee::core::config::Config;
use coffee::core::error::Error;
use coffee::core::jobs::{self, Job, RunError};
use coffee::core::stores::Stores;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{metric, replica, start, state, until};
use crate::support::TestApp;

const HOUR: Duration = Duration::from_secs(3600);
const SHORT_LIMIT: &str = "[clickhouse]\nurl = \"\"\n[jobs]\nlimit_secs = 1\n";

/// A job that waits until it is let go, and tells what becomes of it.
#[derive(Clone, Default)]
struct Waiting {
    begun: Arc<AtomicUsize>,
    dropped: Arc<AtomicBool>,
    go: Arc<Notify>,
}

struct TellsDrop(Arc<AtomicBool>);

impl Drop for TellsDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Waiting {
    fn job(&self, every: Duration) -> Job {
        let this = self.clone();
        Job::new(("waiting", "Waits"), every, move |_| {
            let this = this.clone();
            async move {
                let _tells = TellsDrop(Arc::clone(&this.dropped));
                this.begun.fetch_add(1, Ordering::SeqCst);
                this.go.notified().await;
                Ok(5)
            }
        })
    }

    async fn until_begun(&self) {
        until("the job begins", || async { self.begun.load(Ordering::SeqCst) > 0 }).await;
    }
}

#[actix_web::test]
async fn replicas_share_the_runs_of_a_job() {
    let app = TestApp::start().await;
    let (starts, running) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let overlapped = Arc::new(AtomicBool::new(false));
    let job = {
        let (starts, running) = (Arc::clone(&starts), Arc::clone(&running));
        let overlapped = Arc::clone(&overlapped);
        Job::new(("counted", "Counts"), Duration::from_secs(1), move |_| {
            let (starts, running) = (Arc::clone(&starts), Arc::clone(&running));
            let overlapped = Arc::clone(&overlapped);
            async move {
                overlapped.fetch_or(running.swap(true, Ordering::SeqCst), Ordering::SeqCst);
                starts.lock().await.push(Instant::now());
                tokio::time::sleep(Duration::from_millis(100)).await;
                running.store(false, Ordering::SeqCst);
                Ok(0)
            }
        })
    };
    let stop = CancellationToken::new();
    let mut replicas = Vec::new();
    for _ in 0..4 {
        replicas.push(start(&replica(&app).await, std::slice::from_ref(&job), &stop));
    }
    until("four runs", || async { starts.lock().await.len() >= 4 }).await;
    stop.cancel();
    for replica in replicas {
        replica.await.expect("no panic");
    }
    assert!(!overlapped.load(Ordering::SeqCst), "two replicas ran the job at the same time");
    let starts = starts.lock().await;
    for pair in starts.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap > Duration::from_millis(800), "{gap:?} from start to start");
    }
}

/// A way to PostgreSQL that lets one connection through and holds the others until it is opened.
struct Gate {
    url: String,
    held: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    open: Arc<Semaphore>,
}

impl Gate {
    async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut url = url::Url::parse(&app.postgres_url()).expect("a URL");
        let target = url.socket_addrs(|| None).expect("an address")[0];
        let port = listener.local_addr().expect("bound").port();
        url.set_port(Some(port)).expect("has a port");
        let (held, open) = (Arc::<AtomicUsize>::default(), Arc::new(Semaphore::new(1)));
        let ended = Arc::<AtomicUsize>::default();
        let gate = Self {
            url: url.into(),
            held: Arc::clone(&held),
            ended: Arc::clone(&ended),
            open: Arc::clone(&open),
        };
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (held, ended) = (Arc::clone(&held), Arc::clone(&ended));
                let open = Arc::clone(&open);
                tokio::spawn(async move {
                    held.fetch_add(usize::from(open.available_permits() == 0), Ordering::SeqCst);
                    open.acquire().await.expect("stays").forget();
                    let mut server = TcpStream::connect(target).await.expect("answers");
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        gate
    }
}

#[actix_web::test]
async fn a_replica_that_comes_late_to_the_lock_does_not_repeat_the_run() {
    let app = TestApp::start().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let job = {
        let runs = Arc::clone(&runs);
        Job::new(("shared", "Counts"), HOUR, move |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(0))
        })
    };
    let gate = Gate::start(&app).await;
    let late = format!("[clickhouse]\nurl = \"\"\n[postgres]\nurl = \"{}\"\n", gate.url);
    let late = Config::from_toml(&late).expect("configuration");
    let (late, stop) = (Stores::open(late).await.expect("stores open"), CancellationToken::new());
    let runner = start(&late, std::slice::from_ref(&job), &stop);
    // It has seen that the job is due, and is on its way to the lock.
    until("the replica is held", || async { gate.held.load(Ordering::SeqCst) == 1 }).await;
    assert_eq!(jobs::run_now(&replica(&app).await, &job, &stop).await.expect("runs"), 0);
    gate.open.add_permits(100);
    until("it lets go of the lock", || async { gate.ended.load(Ordering::SeqCst) == 1 }).await;
    stop.cancel();
    runner.await.expect("no panic");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn a_job_that_runs_elsewhere_is_not_run_by_hand() {
    let app = TestApp::start().await;
    let (one, other) = (replica(&app).await, replica(&app).await);
    let (waiting, stop) = (Waiting::default(), CancellationToken::new());
    let job = waiting.job(HOUR);
    let runner = start(&one, std::slice::from_ref(&job), &stop);
    waiting.until_begun().await;
    let begun = state(&app, "waiting").await.expect("recorded");
    assert!(begun.last_started_at.is_some() && begun.last_finished_at.is_none());
    let refused = jobs::run_now(&other, &job, &stop).await;
    assert!(matches!(refused, Err(RunError::Running)), "{refused:?}");
    waiting.go.notify_one();
    let ended = async || state(&app, "waiting").await.is_some_and(|s| s.last_finished_at.is_some());
    until("the run ends", ended).await;
    let done = state(&app, "waiting").await.expect("recorded");
    assert_eq!((done.last_started_at, done.last_error), (begun.last_started_at, None));
    assert!(metric(
        &one,
        r#"coffee_job_runs_total{job="waiting",outcome="done",service="coffee"} 1"#
    ));
    // By hand it runs although it is not due.
    waiting.go.notify_one();
    assert_eq!(jobs::run_now(&other, &job, &stop).await.expect("runs"), 5);
    assert_eq!(waiting.begun.load(Ordering::SeqCst), 2);
    let again = state(&app, "waiting").await.expect("recorded");
    assert!(again.last_started_at > done.last_started_at);
    stop.cancel();
    runner.await.expect("no panic");
}

#[actix_web::test]
async fn a_job_that_panics_fails_or_hangs_is_recorded_and_stops_no_other() {
    let app = TestApp::start_with(SHORT_LIMIT).await;
    let stores = replica(&app).await;
    let stop = CancellationToken::new();
    let all = [
        Job::new(("panics", "x"), HOUR, async |_| panic!("on {}", "purpose")),
        Job::new(("fails", "x"), HOUR, async |_| Err(Error::internal("part", "broken"))),
        Job::new(("hangs", "x"), HOUR, async |_| std::future::pending().await),
        Job::new(("works", "x"), HOUR, async |_| Ok(3)),
        Job::new(("by-hand", "x"), Duration::ZERO, async |_| Ok(3)),
    ];
    let runner = start(&stores, &all, &stop);
    for (name, outcome, error) in [
        ("panics", "panicked", Some("panicked: on purpose")),
        ("fails", "failed", Some("part: broken")),
        ("hangs", "timed_out", Some("not done after 1 s")),
        ("works", "done", None),
    ] {
        let ended = async || state(&app, name).await.is_some_and(|s| s.last_finished_at.is_some());
        until(name, ended).await;
        let recorded = state(&app, name).await.expect("recorded");
        assert_eq!(recorded.last_error.as_deref(), error, "{name}");
        let line = format!(
            "coffee_job_runs_total{{job=\"{name}\",outcome=\"{outcome}\",service=\"coffee\"}} 1"
        );
        assert!(metric(&stores, &line), "{line}");
    }
    assert_eq!(stores.metrics.panics.get(), 1);
    assert_eq!(state(&app, "by-hand").await, None);
    assert!(!runner.is_finished());
    let refused = jobs::run_now(&stores, &all[0], &stop).await;
    assert!(matches!(&refused, Err(RunError::Failed(text)) if text == "panicked: on purpose"));
    stop.cancel();
    runner.await.expect("no panic");
}

#[actix_web::test]
async fn a_stop_ends_the_run_at_once_and_another_replica_takes_it_up() {
    let app = TestApp::start().await;
    let (waiting, stop) = (Waiting::default(), CancellationToken::new());
    let job = waiting.job(HOUR);
    let runner = start(&replica(&app).await, std::slice::from_ref(&job), &stop);
    waiting.until_begun().await;
    stop.cancel();
    let stopped = tokio::time::timeout(Duration::from_secs(3), runner).await;
    stopped.expect("stops promptly").expect("no panic");
    assert!(waiting.dropped.load(Ordering::SeqCst));
    let state = state(&app, "waiting").await.expect("recorded");
    assert_eq!(state.last_started_at, None);
    assert_eq!(state.last_error.as_deref(), Some("stopped before its end"));
    let stop = CancellationToken::new();
    let runner = start(&replica(&app).await, std::slice::from_ref(&job), &stop);
    until("the job begins again", || async { waiting.begun.load(Ordering::SeqCst) == 2 }).await;
    stop.cancel();
    runner.await.expect("no panic");
}

#[actix_web::test]
async fn the_record_of_a_stop_is_tried_again() {
    let app = TestApp::start().await;
    for sql in [
        "CREATE SEQUENCE tries",
        "GRANT USAGE ON tries TO coffee_app",
        "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NEW.last_finished_at IS NOT NULL AND nextval('tries') = 1 THEN \
                 RAISE EXCEPTION 'not now'; \
             END IF; RETURN NEW; END $$",
        "CREATE TRIGGER fail_once BEFORE UPDATE ON job_run \
         FOR EACH ROW EXECUTE FUNCTION fail_once()",
    ] {
        app.execute(sql).await;
    }
    let (waiting, stop) = (Waiting::default(), CancellationToken::new());
    let runner = start(&replica(&app).await, &[waiting.job(HOUR)], &stop);
    waiting.until_begun().await;
    stop.cancel();
    runner.await.expect("no panic");
    assert_eq!(app.value("SELECT last_value FROM tries").await.as_deref(), Some("2"));
    let state = state(&app, "waiting").await.expect("recorded");
    assert_eq!(state.last_started_at, None);
    assert_eq!(state.last_error.as_deref(), Some("stopped before its end"));
}

/// Panics when it is dropped, unless it is disarmed.
struct Bomb(Arc<AtomicBool>);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0.swap(false, Ordering::SeqCst), "as it should");
    }
}

#[actix_web::test]
async fn a_panic_around_the_work_does_not_end_the_job() {
    let app = TestApp::start_with(SHORT_LIMIT).await;
    let stores = replica(&app).await;
    let armed = Arc::new(AtomicBool::new(true));
    let job = {
        let armed = Arc::clone(&armed);
        Job::new(("bomb", "x"), Duration::from_secs(1), move |_| {
            let (hangs, bomb) = (armed.load(Ordering::SeqCst), Bomb(Arc::clone(&armed)));
            async move {
                let _bomb = bomb;
                // Dropped at its deadline, outside of what catches the panics of the work.
                if hangs {
                    std::future::pending::<()>().await;
                }
                Ok(1)
            }
        })
    };
    let stop = CancellationToken::new();
    let runner = start(&stores, &[job], &stop);
    let count = |outcome| {
        let line = format!(
            "coffee_job_runs_total{{job=\"bomb\",outcome=\"{outcome}\",service=\"coffee\"}} 1"
        );
        metric(&stores, &line)
    };
    until("it is counted", || async { count("panicked") }).await;
    until("the job runs again", || async { count("done") }).await;
    stop.cancel();
    runner.await.expect("no panic");
}

#[actix_web::test]
async fn a_replica_that_dies_gives_the_lock_back() {
    let app = TestApp::start().await;
    let (waiting, stop) = (Waiting::default(), CancellationToken::new());
    let job = waiting.job(HOUR);
    let runner = start(&replica(&app).await, std::slice::from_ref(&job), &stop);
    waiting.until_begun().await;
    runner.abort();
    until("it dies", || async { waiting.dropped.load(Ordering::SeqCst) }).await;
    let other = replica(&app).await;
    // Stays until somebody runs.
    waiting.go.notify_one();
    let runs = async || matches!(jobs::run_now(&other, &job, &stop).await, Ok(5));
    until("the job runs elsewhere", runs).await;
}

#[actix_web::test]
async fn a_run_without_its_lock_is_ended() {
    let app = TestApp::start().await;
    let (waiting, stop) = (Waiting::default(), CancellationToken::new());
    let job = waiting.job(HOUR);
    let runner = start(&replica(&app).await, std::slice::from_ref(&job), &stop);
    waiting.until_begun().await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks l \
               JOIN pg_database d ON d.oid = l.database \
               WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(app.application_value(cut).await.as_deref(), Some("1"));
    let ended = async || state(&app, "waiting").await.is_some_and(|s| s.last_finished_at.is_some());
    until("the run ends", ended).await;
    let error = state(&app, "waiting").await.and_then(|state| state.last_error);
    assert_eq!(error.as_deref(), Some("the lock was lost"));
    assert!(waiting.dropped.load(Ordering::SeqCst));
    stop.cancel();
    runner.await.expect("no panic");
}

//! Rate limits of tenants, as callers and operators see them.

use std::time::{Duration, Instant};

use coffee::core::types::Plan;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Answer, Client, TestApp, send};

const GROUP: &str = "/collection-group-service/api/group";
/// Answered by the module without asking a store.
const CHEAP: &str = "/collection-group-service/api/group/0";
const NO_CLICKHOUSE: &str = "[clickhouse]\nurl = \"\"\n";

/// `[limits.free]` with these values, everything else unlimited.
fn free(limits: &str) -> String {
    let mut text = format!("{NO_CLICKHOUSE}[limits.free]\n{limits}\n");
    for key in [
        "tenant_per_second",
        "tenant_per_day",
        "search_per_minute",
        "read_per_minute",
        "write_per_minute",
        "import_per_minute",
        "other_per_minute",
    ] {
        if !limits.contains(key) {
            text += &format!("{key} = 0\n");
        }
    }
    text
}

fn header(answer: &Answer, name: &str) -> Option<u64> {
    answer.headers.get(name)?.to_str().ok()?.parse().ok()
}

fn standing(answer: &Answer) -> (Option<u64>, Option<u64>) {
    (header(answer, "ratelimit-limit"), header(answer, "ratelimit-remaining"))
}

fn refused(answer: &Answer) {
    assert_eq!(answer.code, 429, "{}", answer.text);
    assert_eq!(answer.status(), ("ERROR".into(), "too many requests".into()));
    assert!(header(answer, "retry-after").is_some_and(|seconds| seconds >= 1));
    assert_eq!(header(answer, "ratelimit-remaining"), Some(0));
    assert!(answer.headers.contains_key("x-bb-requestid"));
}

async fn counted(app: &TestApp, limit: &str, result: &str) -> f64 {
    let labels = format!("limit=\"{limit}\",result=\"{result}\"");
    app.metric(&format!("gateway_limit_requests_total{{{labels}")).await
}

#[actix_web::test]
async fn the_tightest_limit_is_told_and_then_enforced() {
    let app = TestApp::start_with(&free("tenant_per_day = 3\nread_per_minute = 100")).await;
    let client = app.partner(10, Plan::Free).await;
    for left in [2, 1, 0] {
        let answer = client.get(CHEAP).await;
        assert_eq!((answer.code.as_u16(), standing(&answer)), (200, (Some(3), Some(left))));
        assert!(header(&answer, "ratelimit-reset").is_some_and(|reset| reset <= 86_400));
    }
    let answer = client.get(CHEAP).await;
    refused(&answer);
    let wait = header(&answer, "retry-after").expect("seconds");
    assert!((28_700..=28_800).contains(&wait), "a third of a day: {wait}");
    assert_eq!(counted(&app, "tenant_day", "admitted").await, 3.0);
    assert_eq!(counted(&app, "tenant_day", "refused").await, 1.0);
    assert_eq!(counted(&app, "route_read", "admitted").await, 3.0, "a refusal charges nothing");
    let other = app.partner(20, Plan::Free).await.get(CHEAP).await;
    assert_eq!(other.code, 200, "another tenant has limits of its own");
}

#[actix_web::test]
async fn classes_of_routes_have_limits_of_their_own_and_no_module_runs() {
    let app = TestApp::start_with(&free("write_per_minute = 1\nread_per_minute = 2")).await;
    let client = app.partner(10, Plan::Free).await;
    let group = |id: &str| json!({"source": "SAAS", "sourceId": id, "name": "n"});
    client.post(GROUP, &group("g1")).await.success();
    refused(&client.post(GROUP, &group("g2")).await);
    assert_eq!(app.value("SELECT count(*) FROM collection_group").await.as_deref(), Some("1"));
    let unknown = client.get("/discovery-service/nothing").await;
    assert_eq!((unknown.code.as_u16(), standing(&unknown)), (404, (Some(2), Some(1))));
}

#[actix_web::test]
async fn the_plan_decides_and_the_platform_is_never_limited() {
    let app = TestApp::start_with(&free("tenant_per_second = 1")).await;
    let paid = app.partner(20, Plan::Paid).await;
    let platform = app.partner(-1, Plan::Free).await;
    for _ in 0..5 {
        let answer = paid.get(CHEAP).await;
        assert_eq!((answer.code.as_u16(), standing(&answer).0), (200, Some(100)));
        let answer = platform.get(CHEAP).await;
        assert_eq!((answer.code.as_u16(), standing(&answer)), (200, (None, None)));
    }
    let nobody = app.anonymous().get(CHEAP).await;
    assert_eq!((nobody.code.as_u16(), standing(&nobody)), (401, (None, None)));
}

#[actix_web::test]
async fn limits_can_be_switched_off() {
    let toml = format!("{NO_CLICKHOUSE}[limits]\nenabled = false");
    let app = TestApp::start_with(&toml).await;
    let answer = app.partner(10, Plan::Free).await.get(CHEAP).await;
    assert_eq!((answer.code.as_u16(), standing(&answer)), (200, (None, None)));
}

#[actix_web::test]
async fn callers_without_partner_are_told_apart_by_address() {
    let server = "[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\ndrain_delay_secs = 0\n\
                  trusted_proxies = [\"127.0.0.1\"]\n";
    let app = TestApp::start_with(&format!("{server}{}", free("tenant_per_day = 2"))).await;
    let one = app.caller(&json!({"sid": "one", "uid": 1})).await;
    let two = app.caller(&json!({"sid": "two", "uid": 2})).await;
    let from = async |client: &Client, address: &str| {
        send(client.request(Method::GET, CHEAP).header("x-forwarded-for", address)).await
    };
    assert_eq!(standing(&from(&one, "203.0.113.9, 192.0.2.1").await).1, Some(1));
    assert_eq!(standing(&from(&two, "192.0.2.1").await).1, Some(0));
    refused(&from(&one, "198.51.100.1, 192.0.2.1").await);
    assert_eq!(from(&one, "192.0.2.2").await.code, 200);
}

#[actix_web::test]
async fn without_redis_the_process_counts_alone() {
    let toml = format!("{}[redis]\naddresses = []", free("tenant_per_second = 20"));
    let app = TestApp::start_with(&toml).await;
    let client = app.partner(10, Plan::Free).await;
    let started = Instant::now();
    let answers = join_all((0..60).map(|_| client.get(CHEAP))).await;
    let admitted = answers.iter().filter(|answer| answer.code == 200).count();
    let bound = 20.0 + started.elapsed().as_secs_f64() * 20.0;
    assert!(admitted >= 20 && admitted as f64 <= bound, "{admitted} of at most {bound}");
}

#[actix_web::test]
async fn while_redis_fails_reads_go_on_and_writes_meet_the_limit_of_the_replica() {
    let redis = "[redis]\naddresses = [\"127.0.0.1:1\"]\ntimeout_ms = 200";
    let limits = "write_per_minute = 2\nread_per_minute = 2\nsearch_per_minute = 2";
    let app = TestApp::start_with(&format!("{}{redis}", free(limits))).await;
    let client = app.partner(10, Plan::Free).await;
    for _ in 0..5 {
        assert_eq!(client.get(CHEAP).await.code, 200);
        assert_eq!(
            client.post("/discovery-service/api/profile/X/search", &json!({})).await.code,
            200
        );
    }
    assert_eq!(counted(&app, "route_read", "unchecked").await, 5.0);
    assert_eq!(counted(&app, "route_search", "unchecked").await, 5.0);
    let empty = json!({});
    let answers = join_all((0..5).map(|_| client.post(GROUP, &empty))).await;
    let admitted = answers.iter().filter(|answer| answer.code == 200).count();
    assert_eq!(admitted, 2);
    assert_eq!(counted(&app, "route_write", "refused").await, 3.0);
}

/// Sends requests to all replicas for `time`; how many were admitted.
async fn hammer(clients: &[Client], time: Duration) -> usize {
    let started = Instant::now();
    let hammering =
        clients.iter().flat_map(|client| std::iter::repeat_n(client, 8)).map(async |c| {
            let mut admitted = 0;
            while started.elapsed() < time {
                admitted += usize::from(c.get(CHEAP).await.code == 200);
            }
            admitted
        });
    join_all(hammering).await.into_iter().sum()
}

#[actix_web::test]
async fn two_replicas_together_admit_no_more_than_the_limit() {
    let prefix = Uuid::new_v4().simple();
    let address = std::env::var("COFFEE__REDIS__ADDRESSES").expect("./dev test sets it");
    let redis = format!("[redis]\naddresses = [\"{address}\"]\nkey_prefix = \"{prefix}:\"\n");
    let toml = format!("{}{redis}", free("tenant_per_second = 80\ntenant_per_day = 200"));
    let (one, two) = (TestApp::start_with(&toml).await, TestApp::start_with(&toml).await);
    let claims = json!({"sid": "s", "uid": 1, "userAccountId": 2, "partnerId": 10});
    let clients = [one.caller(&claims).await, two.caller(&claims).await];
    let (started, step) = (Instant::now(), Duration::from_millis(200));
    let mut admitted = 0;
    // It takes the burst of the second and more; a slow machine only takes longer.
    while admitted < 198 {
        assert!(started.elapsed() < Duration::from_secs(20), "{admitted} of the day's 200");
        admitted += hammer(&clients, step).await;
        let bound = 80.0 + started.elapsed().as_secs_f64() * 80.0;
        assert!(admitted as f64 <= bound, "{admitted} of at most {bound}");
    }
    admitted += hammer(&clients, step).await;
    assert!(admitted <= 200, "{admitted} of the day's 200");
}

#[actix_web::test]
async fn a_busy_tenant_costs_few_calls_to_redis() {
    let app = TestApp::start_with(&free("tenant_per_second = 5000\ntenant_per_day = 900000")).await;
    let client = app.partner(10, Plan::Free).await;
    let admitted = hammer(&[client], Duration::from_secs(2)).await;
    let calls = app.metric("coffee_limiter_redis_calls_total{result=\"granted\"").await;
    assert!(admitted > 100, "{admitted}");
    assert!(calls <= 25.0, "{calls} calls in two seconds for {admitted} requests");
}

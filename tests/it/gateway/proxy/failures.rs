//! What a client gets when the upstream, or the client itself, misbehaves.

use std::time::{Duration, Instant};

use reqwest::{Body, Method};
use tokio::time::timeout;

use super::{PREFIX, ask, held_get, proxying, proxying_with};
use crate::support::{Answer, Listener, TestApp, Upstream, generate, send};

const GONE: &str = "http://127.0.0.1:1";

#[track_caller]
fn refused(answer: &Answer, code: u16, message: &str) {
    assert_eq!(answer.code, code, "{}", answer.text);
    assert_eq!(answer.status(), ("ERROR".into(), message.into()));
    assert!(answer.headers.contains_key("x-bb-requestid"));
}

/// Status line and body of the answer on a connection.
async fn outcome(app: &TestApp, request: &str) -> String {
    ask(app, request).await.head().await.lines().next().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn an_unreachable_upstream_is_502() {
    let (_app, client) = proxying(GONE).await;
    refused(&client.get(PREFIX).await, 502, "upstream unavailable");
    let upload = client.request(Method::POST, PREFIX).body("a body");
    refused(&send(upload).await, 502, "upstream unavailable");
}

#[actix_web::test]
async fn a_handshake_that_does_not_end_is_502_after_the_time_for_connecting() {
    let upstream = Listener::start().await;
    let url = upstream.url.replace("http://", "https://");
    let (_app, client) = proxying_with(&url, "connect_timeout_ms = 200\n").await;
    let started = Instant::now();
    let asking = timeout(Duration::from_secs(10), client.get(PREFIX));
    let (answer, mut back) = tokio::join!(asking, upstream.accept());
    refused(&answer.expect("in time"), 502, "upstream unavailable");
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    assert_ne!(back.rest().await, "", "a greeting came, then the connection was given up");
}

#[actix_web::test]
async fn an_upstream_without_a_proper_answer_is_502() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "not HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    ] {
        let (mut front, mut back) = held_get(&client, &upstream, &app).await;
        back.send(answer).await;
        drop(back);
        let head = front.head().await;
        assert!(head.starts_with("HTTP/1.1 502"), "{answer:?}: {head}");
        assert!(front.until("}}").await.contains("upstream unavailable"), "{answer:?}");
    }
}

#[actix_web::test]
async fn an_upstream_without_headers_in_time_is_504() {
    let upstream = Listener::start().await;
    let (_app, client) = proxying(&upstream.url).await;
    let started = Instant::now();
    let answer = client.get(PREFIX).await;
    refused(&answer, 504, "request timed out");
    assert!((900..3000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    let mut back = upstream.accept().await;
    back.head().await;
    assert_eq!(back.rest().await, "", "the exchange was given up");
}

#[actix_web::test]
async fn a_break_after_the_headers_closes_the_clients_connection() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    for (framing, body) in
        [("content-length: 100", "half"), ("transfer-encoding: chunked", "4\r\nhalf")]
    {
        let (mut front, mut back) = held_get(&client, &upstream, &app).await;
        back.send(&format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n{body}")).await;
        front.head().await;
        drop(back);
        let rest = front.rest().await;
        assert!(!rest.contains("\r\n0\r\n") && !rest.contains("status"), "{rest:?}");
    }
}

#[actix_web::test]
async fn silence_after_the_headers_closes_the_clients_connection() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (mut front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").await;
    let mut beat = tokio::time::interval(Duration::from_millis(400));
    for _ in 0..4 {
        beat.tick().await;
        back.send("more").await;
    }
    front.until("moremoremoremore").await;
    let started = Instant::now();
    assert_eq!(front.rest().await, "");
    assert!(started.elapsed() > Duration::from_millis(500), "{:?}", started.elapsed());
    assert_eq!(back.rest().await, "");
}

#[actix_web::test]
async fn a_client_that_stops_reading_does_not_hold_the_upstream() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (_front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n").await;
    back.fill(100_000_000).await;
    assert_eq!(back.rest().await, "", "closed after the silence");
}

#[actix_web::test]
async fn bodies_above_the_limit_are_413() {
    let upstream = Upstream::start();
    let (_app, client) = proxying_with(&upstream.url, "body_limit_bytes = 100000").await;
    let path = format!("{PREFIX}/count");
    let post = |body: Body| send(client.request(Method::POST, &path).body(body));
    assert_eq!(post(vec![0; 100_000].into()).await.text, "100000");
    assert_eq!(post(Body::wrap_stream(generate(100_000))).await.text, "100000");
    refused(&post(vec![0; 100_001].into()).await, 413, "request body too large");
    let chunked = post(Body::wrap_stream(generate(100_001))).await;
    refused(&chunked, 413, "request body too large");
    assert_eq!(client.get(&path).await.text, "0", "the next request works");
}

#[actix_web::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let (mut front, mut back) = held_get(&client, &upstream, &app).await;
    back.send(answer).await;
    front.until("ok").await;
    let mut front = ask(&app, &format!("{}\r\n", client.head("GET", PREFIX))).await;
    back.head().await;
    drop(back);
    let (mut back, _) = upstream.request().await;
    back.send(answer).await;
    front.until("ok").await;

    // A POST may have been carried out: it is not repeated.
    let post = format!("{}content-length: 0\r\n\r\n", client.head("POST", PREFIX));
    let mut front = ask(&app, &post).await;
    back.head().await;
    drop(back);
    assert!(front.head().await.starts_with("HTTP/1.1 502"));
    assert!(upstream.is_left_alone().await);
}

#[actix_web::test]
async fn ambiguous_framing_is_refused() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", PREFIX);
    for framing in [
        "content-length: 3\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 3",
        "content-length: 3\r\ncontent-length: 3",
        "content-length: 3\r\ncontent-length: 30",
        "content-length: 3, 3",
        "content-length: +3",
        "content-length: 0x3",
        "content-length: -1",
        "content-length: 99999999999999999999999",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: identity",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: xchunked",
        "transfer-encoding : chunked",
        "transfer-encoding: \x0bchunked",
        "x: y\r\n transfer-encoding: chunked",
        "host: other",
    ] {
        let request = format!("{head}{framing}\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n");
        let answer = outcome(&app, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{framing:?}: {answer}");
    }
    assert!(upstream.is_left_alone().await);
}

#[actix_web::test]
async fn broken_chunks_end_the_exchange() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", PREFIX);
    for chunk in ["zz\r\nabc\r\n", "ffffffffffffffffff\r\n", "3\r\nabcd\r\n"] {
        let request = format!("{head}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n");
        let mut front = ask(&app, &request).await;
        let (mut back, _) = upstream.request().await;
        back.until("ok\r\n").await;
        front.send(chunk).await;
        let answer = front.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{chunk:?}: {answer}");
        assert!(!back.rest().await.ends_with("0\r\n\r\n"), "{chunk:?}: never complete");
    }
}

#[actix_web::test]
async fn other_upgrades_than_websockets_are_refused() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("GET", &format!("{PREFIX}/x"));
    let other = format!("{head}connection: upgrade\r\nupgrade: telnet\r\n\r\n");
    let mut front = ask(&app, &other).await;
    assert!(front.head().await.starts_with("HTTP/1.1 501"));
    assert!(front.rest().await.contains("upgrade is not supported"));
    // An offer of HTTP/2 may be ignored, and some clients make it with every first request.
    let offer = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA";
    let mut front = ask(&app, &format!("{head}{offer}\r\n\r\n")).await;
    let answer = front.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("http2-settings") && !answer.contains("h2c"), "{answer}");
    let connect = client.head("CONNECT", &format!("{PREFIX}/x"));
    assert!(outcome(&app, &format!("{connect}\r\n")).await.starts_with("HTTP/1.1 405"));
}

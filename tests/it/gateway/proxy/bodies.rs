//! Bodies cross the proxy as they come.

use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::{Body, Method};

use super::{PREFIX, ask, held_get, proxying, proxying_with};
use crate::support::{Listener, Upstream, generate, send};

const MIB: usize = 1024 * 1024;
const LARGE: usize = 200 * MIB;
/// What sockets and buffers on the way may hold, far below a body held in memory.
const IN_FLIGHT: usize = 24 * MIB;

#[actix_web::test]
async fn large_uploads_pass() {
    let upstream = Upstream::start();
    let limit = format!("body_limit_bytes = {LARGE}");
    let (_app, client) = proxying_with(&upstream.url, &limit).await;
    let path = format!("{PREFIX}/count");
    let chunked = client.request(Method::POST, &path).body(Body::wrap_stream(generate(LARGE)));
    assert_eq!(send(chunked).await.text, LARGE.to_string());
    let sized = client.request(Method::PUT, &path).header("content-length", LARGE);
    let sized = sized.body(Body::wrap_stream(generate(LARGE)));
    assert_eq!(send(sized).await.text, LARGE.to_string());
}

#[actix_web::test]
async fn large_downloads_pass() {
    let upstream = Upstream::start();
    let (_app, client) = proxying(&upstream.url).await;
    for (path, length) in [("bytes", None), ("sized", Some(LARGE as u64))] {
        let request = client.request(Method::GET, &format!("{PREFIX}/{path}/{LARGE}"));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.content_length(), length);
        let mut received = 0;
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            received += chunk.expect("a whole body").len();
        }
        assert_eq!(received, LARGE, "{path}");
    }
}

#[actix_web::test]
async fn an_upstream_that_does_not_read_stops_the_client() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", PREFIX);
    let mut front = ask(&app, &format!("{head}content-length: 100000000\r\n\r\n")).await;
    let _back = upstream.request().await;
    let sent = front.fill(100_000_000).await;
    assert!(sent < IN_FLIGHT, "{sent} bytes vanished");
}

#[actix_web::test]
async fn a_client_that_does_not_read_stops_the_upstream() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (_front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n").await;
    let sent = back.fill(100_000_000).await;
    assert!(sent < IN_FLIGHT, "{sent} bytes vanished");
}

#[actix_web::test]
async fn each_piece_of_an_answer_passes_at_once() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (mut front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    front.head().await;
    for piece in ["one", "two"] {
        back.send(&format!("3\r\n{piece}\r\n")).await;
        front.until(&format!("3\r\n{piece}\r\n")).await;
    }
    back.send("0\r\nx-trailer: 1\r\n\r\n").await;
    assert_eq!(front.until("0\r\n\r\n").await, "0\r\n\r\n", "trailers end here");
}

#[actix_web::test]
async fn each_piece_of_a_request_passes_at_once() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("GET", PREFIX);
    let mut front = ask(&app, &format!("{head}transfer-encoding: chunked\r\n\r\n")).await;
    let (mut back, head) = upstream.request().await;
    assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
    for piece in ["one", "two"] {
        front.send(&format!("3\r\n{piece}\r\n")).await;
        back.until(&format!("3\r\n{piece}\r\n")).await;
    }
    front.send("0\r\nx-trailer: 1\r\n\r\n").await;
    assert_eq!(back.until("0\r\n\r\n").await, "0\r\n\r\n", "trailers end here");
    back.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    assert!(front.head().await.starts_with("HTTP/1.1 200"));
}

#[actix_web::test]
async fn an_early_answer_arrives_while_the_body_is_still_on_its_way() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", PREFIX);
    let mut front = ask(&app, &format!("{head}content-length: 100000000\r\n\r\n")).await;
    let (mut back, _) = upstream.request().await;
    front.send("the beginning").await;
    back.until("the beginning").await;
    back.send("HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n").await;
    let answer = front.until("2\r\nno\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("connection: close"), "{answer}");
    front.send("the middle").await;
    back.until("the middle").await;
    back.send("0\r\n\r\n").await;
    front.until("0\r\n\r\n").await;
    assert_eq!(back.rest().await, "", "the rest of the body is not wanted");
}

#[actix_web::test]
async fn answers_without_body_keep_their_length() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let mut front = ask(&app, "").await;
    let mut back = None;
    for (method, answer, length) in [
        ("HEAD", "200 OK\r\ncontent-length: 5000\r\n", Some("content-length: 5000\r\n")),
        ("HEAD", "200 OK\r\ntransfer-encoding: chunked\r\n", None),
        ("HEAD", "404 Not Found\r\ncontent-length: 7\r\n", Some("content-length: 7\r\n")),
        ("GET", "204 No Content\r\n", None),
        ("GET", "304 Not Modified\r\ncontent-length: 9\r\n", Some("content-length: 9\r\n")),
        ("GET", "200 OK\r\ncontent-length: 0\r\n", Some("content-length: 0\r\n")),
    ] {
        front.send(&format!("{}\r\n", client.head(method, PREFIX))).await;
        let mut wire = match back.take() {
            None => upstream.accept().await,
            Some(wire) => wire,
        };
        wire.head().await;
        wire.send(&format!("HTTP/1.1 {answer}x-end: 1\r\n\r\n")).await;
        back = Some(wire);
        let seen = front.head().await;
        assert!(seen.starts_with(&format!("HTTP/1.1 {}", &answer[..3])), "{seen}");
        assert_eq!(seen.matches("content-length").count(), usize::from(length.is_some()), "{seen}");
        assert!(seen.contains(length.unwrap_or("x-end: 1\r\n")), "{seen}");
    }
    assert!(upstream.is_left_alone().await, "one connection carried them all");
}

#[actix_web::test]
async fn an_old_upstream_ends_its_answer_by_closing() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (mut front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.0 200 OK\r\n\r\nall of it").await;
    drop(back);
    let answer = front.until("0\r\n\r\n").await;
    assert!(answer.contains("all of it"), "{answer}");
    assert!(!answer.contains("content-type"), "none is made up: {answer}");
}

#[actix_web::test]
async fn a_client_may_ask_before_it_sends() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", &format!("{PREFIX}/x"));
    let request = format!("{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n");
    let mut front = ask(&app, &request).await;
    assert_eq!(front.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    front.send("hi").await;
    let answer = front.until("\"body\":\"hi\"").await;
    assert!(!answer.contains("expect"), "{answer}");
}

#[actix_web::test]
async fn a_client_that_goes_away_ends_the_exchange() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (front, mut back) = held_get(&client, &upstream, &app).await;
    drop(front);
    assert_eq!(back.rest().await, "", "before the headers");

    let (mut front, mut back) = held_get(&client, &upstream, &app).await;
    back.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin").await;
    front.until("begin").await;
    drop(front);
    assert_eq!(back.rest().await, "", "within the answer");

    let head = client.head("POST", PREFIX);
    let mut front = ask(&app, &format!("{head}content-length: 100\r\n\r\n")).await;
    let (mut back, _) = upstream.request().await;
    front.send("begin").await;
    back.until("begin").await;
    drop(front);
    assert_eq!(back.rest().await, "", "within the request");
}

#[actix_web::test]
async fn a_slow_upload_lasts_longer_than_the_wait_for_an_answer() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", &format!("{PREFIX}/count"));
    let mut front = ask(&app, &format!("{head}content-length: 5\r\n\r\n")).await;
    let mut beat = tokio::time::interval(Duration::from_millis(400));
    for byte in ["a", "b", "c", "d", "e"] {
        beat.tick().await;
        front.send(byte).await;
    }
    assert!(front.head().await.starts_with("HTTP/1.1 200"));
}

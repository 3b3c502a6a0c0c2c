//! Clients that hold connections: silent, slow, and those that do not read.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use coffee::core::types::Plan;

use crate::support::{TestApp, Wire};

const GROUP: &str = "/collection-group-service/api/group";
const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n";
/// Bytes of a large answer: more than the buffers of the system hold.
const LARGE: usize = 16 * 1024 * 1024;

async fn start(server: &str) -> TestApp {
    let toml = format!(
        "[clickhouse]\nurl = \"\"\n[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\n\
         drain_delay_secs = 0\ntimeout_secs = 1\n{server}"
    );
    TestApp::start_with_routes(&toml, |config| {
        config.route(
            "/large",
            web::get().to(|| async { HttpResponse::Ok().body(vec![b'x'; LARGE]) }),
        );
    })
    .await
}

#[actix_web::test]
async fn a_thousand_silent_bodies_keep_nobody_waiting() {
    let app = start("max_connections_per_address = 100").await;
    let request = format!("GET /docs HTTP/1.1\r\nhost: a\r\n{CHUNKED}");
    let mut silent = Vec::new();
    for _ in 0..1000 {
        let mut wire = Wire::connect(&app.public).await;
        // A connection beyond the limit may be closed by now.
        let _ = wire.write(request.as_bytes()).await;
        silent.push(wire);
    }
    let began = Instant::now();
    let mut other = Wire::connect_from("127.0.0.2", &app.public).await;
    other.send("GET /docs HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(other.head().await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(app.metric(r#"coffee_connections_refused_total{reason="address""#).await, 900.0);
    let open = || app.metric(r#"coffee_connections{listener="public""#);
    app.eventually("silent connections end", || async { open().await <= 1.0 }).await;
    assert_eq!(app.anonymous().get("/docs").await.code, 200);
}

#[actix_web::test]
async fn a_silent_or_dripping_body_ends_whatever_the_answer() {
    let app = start("").await;
    let client = app.partner(10, Plan::Saas).await;
    let (public, operations) = (&app.public, &app.operations);
    let id = "/collection-group-service/api/group/1";
    let mut wires = Vec::new();
    for (url, head) in [
        (public, client.head("GET", "/docs")),
        (public, client.head("GET", "/nowhere")),
        (public, client.head("DELETE", GROUP)),
        (public, client.head("GET", "/heartbeat/")),
        (public, client.head("GET", id)),
        (public, app.anonymous().head("GET", id)),
        (public, client.head("OPTIONS", id) + "access-control-request-method: GET\r\n"),
        (operations, "GET /livez HTTP/1.1\r\nhost: a\r\n".to_owned()),
        (operations, "GET /nowhere HTTP/1.1\r\nhost: a\r\n".to_owned()),
    ] {
        for drips in [false, true] {
            let mut wire = Wire::connect(url).await;
            wire.send(&format!("{head}{CHUNKED}")).await;
            let answer = wire.head().await;
            assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
            wires.push((wire, url, head.clone(), drips));
        }
    }
    let deadline = Instant::now() + Duration::from_secs(8);
    while !wires.is_empty() {
        assert!(Instant::now() < deadline, "still served: {} {}", wires[0].2, wires[0].3);
        tokio::time::sleep(Duration::from_millis(100)).await;
        for (wire, _, _, drips) in &mut wires {
            if *drips {
                let _ = wire.write(b"1\r\nx\r\n").await;
            }
        }
        wires.retain(|(wire, url, ..)| wire.is_served_by(url));
    }
}

#[actix_web::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let app = start("").await;
    let get = app.anonymous().head("GET", "/heartbeat/");
    for earlier in ["", &format!("{get}\r\n")] {
        let mut wire = Wire::connect(&app.public).await;
        if !earlier.is_empty() {
            wire.send(earlier).await;
            wire.head().await;
        }
        wire.send("GET /docs HT").await;
        let answer = wire.rest().await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("x-bb-requestid: "), "{answer}");
        assert!(answer.contains(r#""message":"request timed out""#), "{answer}");
    }
}

#[actix_web::test]
async fn who_does_not_read_a_large_answer_holds_little() {
    let app = start("write_timeout_secs = 60\nunread_limit_bytes = 20000000").await;
    let request = app.anonymous().head("GET", "/large") + "\r\n";
    let mut readers = Vec::new();
    for _ in 0..8 {
        let mut wire = Wire::connect(&app.public).await;
        wire.send(&request).await;
        readers.push(wire);
    }
    let unread = || app.metric("coffee_unread_bytes");
    app.eventually("slow readers are found", || async {
        app.metric("coffee_slow_readers_total").await >= 6.0
    })
    .await;
    app.eventually("their answers are dropped", || async { unread().await <= 20e6 }).await;
    let answer = app.anonymous().get("/large").await;
    assert_eq!((answer.code.as_u16(), answer.text.len()), (200, LARGE));
}

#[actix_web::test]
async fn who_takes_an_answer_by_drips_is_disconnected() {
    let app = start("write_timeout_secs = 1").await;
    let mut wire = Wire::connect(&app.public).await;
    wire.send(&(app.anonymous().head("GET", "/large") + "\r\n")).await;
    // The system's buffers hold megabytes for this client: it is the server that has to give up.
    let deadline = Instant::now() + Duration::from_secs(60);
    while app.metric("coffee_slow_readers_total").await < 1.0 {
        assert!(Instant::now() < deadline, "still served");
        wire.take(16).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

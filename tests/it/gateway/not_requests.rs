//! What never becomes a request is answered like one.

use coffee::core::types::Plan;

use crate::support::{TestApp, Wire};

async fn answer_to(app: &TestApp, text: &str) -> String {
    let mut wire = Wire::connect(&app.public).await;
    // The server may have closed before it read all.
    let _ = wire.write(text.as_bytes()).await;
    wire.rest().await
}

#[actix_web::test]
async fn refused_heads_have_an_envelope_and_an_id() {
    let app = TestApp::start().await;
    let get = app.anonymous().head("GET", "/heartbeat/");
    let many = "a: b\r\n".repeat(100);
    for (text, code, message) in [
        (format!("{get}{many}\r\n"), "431", "request headers too large"),
        (format!("{get}a: {}\r\n\r\n", "b".repeat(140_000)), "431", "request headers too large"),
        (
            format!("GET /heartbeat/?{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(70_000)),
            "414",
            "request address too long",
        ),
        ("GET / HTTP/1.1\nhost: a\r\n\r\n".to_owned(), "400", "invalid Request"),
        ("GET / HTTP/1.1\r\nhost: a\nx-b: c\r\n\r\n".to_owned(), "400", "invalid Request"),
        ("GET / HTTP/1.1\r\nhost: a\r\nx b: c\r\n\r\n".to_owned(), "400", "invalid Request"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400", "invalid Request"),
        ("\x16\x03\x01\x02\r\n\r\n".to_owned(), "400", "invalid Request"),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"
                .to_owned(),
            "400",
            "invalid Request",
        ),
    ] {
        for earlier in ["", &format!("{get}\r\n")] {
            let mut wire = Wire::connect(&app.public).await;
            if !earlier.is_empty() {
                wire.send(earlier).await;
                wire.head().await;
            }
            let _ = wire.write(text.as_bytes()).await;
            let answer = wire.rest().await;
            let start = &text[..text.len().min(60)];
            assert!(answer.starts_with(&format!("HTTP/1.1 {code}")), "{start:?}: {answer}");
            assert!(answer.contains(&format!(r#""message":"{message}""#)), "{start:?}: {answer}");
            assert!(answer.contains("\r\nx-bb-requestid: "), "{start:?}: {answer}");
        }
    }
    let counted = app.metric(r#"chi_pattern_requests_total{code="431""#).await;
    assert_eq!(counted, 4.0);
}

#[actix_web::test]
async fn a_chunked_body_that_is_none_is_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let head = client.head("POST", "/collection-group-service/api/group");
    for broken in ["zz\r\n", "1\n{\r\n", "1\r\n{}\r\n", "1\r\n{\r\n-1\r\n", "ffffffffffffffff1\r\n"]
    {
        let text = format!("{head}transfer-encoding: chunked\r\n\r\n{broken}");
        let answer = answer_to(&app, &text).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{broken:?}: {answer}");
        assert!(answer.contains(r#""message":"invalid Request""#), "{broken:?}: {answer}");
    }
}

#[actix_web::test]
async fn requests_behind_each_other_are_answered_in_order() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let post = client.head("POST", "/collection-group-service/api/group");
    let get = client.head("GET", "/heartbeat/");
    let text = format!(
        "{post}content-length: 2\r\n\r\n{{}}{get}\r\n{post}transfer-encoding: chunked\r\n\r\n\
         2\r\n{{}}\r\n0\r\n\r\n{get}connection: close\r\n\r\n"
    );
    let answer = answer_to(&app, &text).await;
    let statuses = answer.match_indices("HTTP/1.1 ").map(|(at, _)| &answer[at + 9..at + 12]);
    let statuses: Vec<_> = statuses.collect();
    assert_eq!(statuses, ["200", "410", "200", "410"], "{answer}");
}

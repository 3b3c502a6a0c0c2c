//! Which headers cross the proxy.

use base64::Engine as _;
use reqwest::Method;

use super::{PREFIX, ask, held_get, proxying, proxying_with};
use crate::support::{Answer, Listener, Upstream, send};

/// Values of a header as the upstream got them.
fn got(answer: &Answer, name: &str) -> Vec<String> {
    let seen = answer.json();
    let headers = seen["headers"].as_array().expect("headers").iter();
    let named = headers.filter(|header| header[0] == name);
    named.map(|header| header[1].as_str().unwrap_or_default().to_owned()).collect()
}

#[actix_web::test]
async fn the_upstream_learns_who_the_caller_is_from_us() {
    let upstream = Upstream::start();
    let (_app, client) = proxying(&upstream.url).await;
    let request = client
        .request(Method::GET, &format!("{PREFIX}/x"))
        .header("x-bb-partner-id", "99")
        .header("x-bb-plan-type", "FREE")
        .header("x-bb-account-id", "7")
        .header("x-bb-client-authorization", "Basic x")
        .header("x-bb-requestid", "mine")
        .header("x_bb_partner_id", "99")
        .header("x-bb-deviceid", "device")
        .header("x-bb-channelid", "web")
        .header("x-empty", "")
        .header("accept-encoding", "gzip")
        .header("connection", "x-secret, x-bb-partner-id")
        .header("x-secret", "1")
        .header("te", "trailers")
        .header("proxy-authorization", "Basic x")
        .header("keep-alive", "timeout=9")
        .header("x-forwarded-for", "198.51.100.1");
    let answer = send(request).await;
    let token = base64::engine::general_purpose::STANDARD.encode("1001~1001~1~101:1001");
    assert_eq!(got(&answer, "authorization"), [format!("Basic {token}")]);
    assert_eq!(got(&answer, "x-bb-partner-id"), ["10"]);
    assert_eq!(got(&answer, "x-bb-plan-type"), ["PAID"]);
    assert_eq!(got(&answer, "x-bb-deviceid"), ["device"]);
    assert_eq!(got(&answer, "x-bb-channelid"), ["web"]);
    assert_eq!(got(&answer, "x-bb-clientid"), ["test"]);
    assert_eq!(got(&answer, "x-forwarded-for"), ["198.51.100.1, 127.0.0.1"]);
    assert_eq!(got(&answer, "host"), [upstream.url.trim_start_matches("http://")]);
    let id = answer.headers["x-bb-requestid"].to_str().expect("text");
    assert_eq!(got(&answer, "x-bb-requestid"), [id]);
    for absent in [
        "x-bb-account-id",
        "x-bb-client-authorization",
        "x_bb_partner_id",
        "x-empty",
        "accept-encoding",
        "connection",
        "x-secret",
        "te",
        "proxy-authorization",
        "keep-alive",
    ] {
        assert_eq!(got(&answer, absent), Vec::<String>::new(), "{absent}");
    }
}

#[actix_web::test]
async fn answers_pass_without_what_belongs_to_the_connection() {
    let upstream = Listener::start().await;
    let cors = "[cors]\nallowed_origins = [\"https://app.example.com\"]";
    let (app, client) = proxying_with(&upstream.url, cors).await;
    let head = client.head("GET", PREFIX);
    let origin = "origin: https://app.example.com";
    let mut front = ask(&app, &format!("{head}{origin}\r\n\r\n")).await;
    let (mut back, _) = upstream.request().await;
    back.send(
        "HTTP/1.1 201 Created\r\naccess-control-allow-origin: *\r\nx-bb-requestid: theirs\r\n\
         connection: x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nset-cookie: a=1\r\n\
         set-cookie: b=2\r\ncontent-type: text/x\r\netag: \"e\"\r\ncontent-length: 4\r\n\r\nbody",
    )
    .await;
    let answer = front.until("body").await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 201 created\r\n"), "{answer}");
    for present in [
        "access-control-allow-origin: https://app.example.com\r\n",
        "set-cookie: a=1\r\n",
        "set-cookie: b=2\r\n",
        "content-type: text/x\r\n",
        "etag: \"e\"\r\n",
        "content-length: 4\r\n",
        "x-robots-tag: noindex\r\n",
    ] {
        assert_eq!(answer.matches(present).count(), 1, "{present}: {answer}");
    }
    for absent in ["theirs", "x-hop", "keep-alive", "allow-origin: *", "transfer-encoding"] {
        assert!(!answer.contains(absent), "{absent}: {answer}");
    }
}

#[actix_web::test]
async fn errors_of_the_upstream_stay_as_they_are() {
    let upstream = Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    for (status, body) in
        [("404 Not Found", "no"), ("500 Internal Server Error", ""), ("418 Tea", "x")]
    {
        let (mut front, mut back) = held_get(&client, &upstream, &app).await;
        let length = body.len();
        back.send(&format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        ))
        .await;
        let answer = front.head().await;
        assert!(answer.contains(&status[..3]), "{answer}");
        assert!(answer.contains("content-type: text/plain\r\n"), "{answer}");
        assert_eq!(front.exactly(length).await, body.as_bytes());
    }
}

#[actix_web::test]
async fn a_session_without_user_is_its_device() {
    let upstream = Upstream::start();
    let (app, _) = proxying(&upstream.url).await;
    let claims = serde_json::json!({"sid": "s0", "uid": 0});
    crate::gateway::authentication::redis_set(&app, "session:s0").await;
    let client = app.with_token(crate::gateway::authentication::sign(&app, &claims));
    let authorization = async |device: &str| -> Vec<String> {
        let request = client.request(Method::GET, &format!("{PREFIX}/x"));
        let answer = send(request.header("x-bb-deviceid", device)).await;
        assert_eq!(got(&answer, "x-bb-partner-id"), Vec::<String>::new());
        assert_eq!(got(&answer, "x-bb-plan-type"), ["FREE"]);
        got(&answer, "authorization")
    };
    assert_eq!(authorization("dev-1").await, ["Basic ZGV2LTF+ZGV2LTF+MDpkZXYtMQ=="]);
    let forged = authorization("1~x~1~9:1").await;
    let text = forged[0].strip_prefix("Basic ").expect("scheme");
    let text = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    assert_eq!(text, b"1 x 1 9 1~1 x 1 9 1~0:1 x 1 9 1");
    assert_eq!(authorization("").await, Vec::<String>::new());
}

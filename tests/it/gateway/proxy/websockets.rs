//! WebSockets through the proxy: the peers speak the protocol (RFC 6455) over their own connections.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha1::{Digest as _, Sha1};

use super::{PREFIX, ask, proxying_with};
use crate::support::{Client, Listener, TestApp, Wire};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

fn handshake(client: &Client) -> String {
    format!(
        "{}connection: keep-alive, Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: {KEY}\r\nsec-websocket-protocol: chat\r\n\r\n",
        client.head("GET", &format!("{PREFIX}/socket?a=b"))
    )
}

/// What the upstream agrees with (RFC 6455 §4.2.2).
fn agreement() -> String {
    let accept = Sha1::digest(format!("{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-protocol: chat\r\nsec-websocket-accept: {}\r\n\r\n",
        BASE64.encode(accept)
    )
}

/// Sends a short frame; a client's is masked.
async fn say(wire: &mut Wire, kind: u8, text: &[u8], mask: Option<[u8; 4]>) {
    let length = u8::try_from(text.len()).expect("short");
    let mut frame = vec![kind, length | if mask.is_some() { 0x80 } else { 0 }];
    frame.extend(mask.into_iter().flatten());
    frame.extend(text.iter().zip(mask.unwrap_or_default().iter().cycle()).map(|(b, m)| b ^ m));
    wire.write(&frame).await.expect("sent");
}

/// Reads a short frame.
async fn hear(wire: &mut Wire) -> (u8, Vec<u8>) {
    let head = wire.exactly(2).await;
    let mask = if head[1] & 0x80 > 0 { wire.exactly(4).await } else { vec![0; 4] };
    let text = wire.exactly(usize::from(head[1] & 0x7f)).await;
    (head[0], text.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m).collect())
}

/// Both ends of a socket.
async fn open(app: &TestApp, client: &Client, upstream: &Listener) -> (Wire, Wire) {
    let mut front = ask(app, &handshake(client)).await;
    let (mut back, asked) = upstream.request().await;
    assert!(asked.starts_with(&format!("GET {PREFIX}/socket?a=b HTTP/1.1\r\n")), "{asked}");
    for part in ["upgrade: websocket", "x-bb-partner-id: 10", KEY, "sec-websocket-version: 13"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("Bearer"), "{asked}");
    back.send(&agreement()).await;
    let agreed = front.head().await;
    assert!(agreed.starts_with("HTTP/1.1 101"), "{agreed}");
    for part in
        ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "sec-websocket-protocol: chat", "upgrade: websocket"]
    {
        assert!(agreed.contains(part), "{part}: {agreed}");
    }
    (front, back)
}

#[actix_web::test]
async fn a_websocket_passes_in_both_directions_until_one_side_closes() {
    let upstream = Listener::start().await;
    let (app, client) = proxying_with(&upstream.url, "websocket_idle_timeout_secs = 60\n").await;
    let (mut front, mut back) = open(&app, &client, &upstream).await;
    for text in ["one", "two"] {
        say(&mut front, TEXT, text.as_bytes(), Some([1, 2, 3, 4])).await;
        assert_eq!(hear(&mut back).await, (TEXT, text.into()));
        say(&mut back, TEXT, text.to_uppercase().as_bytes(), None).await;
        assert_eq!(hear(&mut front).await, (TEXT, text.to_uppercase().into()));
    }
    say(&mut back, PING, b"", None).await;
    assert_eq!(hear(&mut front).await, (PING, vec![]));
    say(&mut front, PONG, b"", Some([9; 4])).await;
    assert_eq!(hear(&mut back).await, (PONG, vec![]));
    say(&mut back, CLOSE, &[3, 232], None).await;
    assert_eq!(hear(&mut front).await, (CLOSE, vec![3, 232]));
    drop(back);
    assert_eq!(front.rest().await, "");
    let (front, mut back) = open(&app, &client, &upstream).await;
    drop(front);
    assert_eq!(back.rest().await, "");
}

#[actix_web::test]
async fn websockets_are_as_authenticated_as_requests() {
    let upstream = Listener::start().await;
    let (app, _) = proxying_with(&upstream.url, "").await;
    let mut front = ask(&app, &handshake(&app.anonymous())).await;
    assert!(front.head().await.starts_with("HTTP/1.1 401"));
    assert!(upstream.is_left_alone().await);
}

#[actix_web::test]
async fn an_upstream_may_refuse_a_websocket() {
    let upstream = Listener::start().await;
    let (app, client) = proxying_with(&upstream.url, "").await;
    let mut front = ask(&app, &handshake(&client)).await;
    let (mut back, _) = upstream.request().await;
    back.send("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno").await;
    let answer = front.rest().await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.ends_with("no"), "{answer}");
}

#[actix_web::test]
async fn websockets_are_bounded_in_number_and_silence() {
    let upstream = Listener::start().await;
    let keys = "max_websockets = 1\nwebsocket_idle_timeout_secs = 1\n";
    let (app, client) = proxying_with(&upstream.url, keys).await;
    let (mut front, mut back) = open(&app, &client, &upstream).await;
    let mut second = ask(&app, &handshake(&client)).await;
    let refused = second.rest().await;
    assert!(
        refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 10"),
        "{refused}"
    );
    assert_eq!((front.rest().await, back.rest().await), (String::new(), String::new()));
    let again = open(&app, &client, &upstream).await;
    drop(again);
}

//! A service behind the gateway: speaks HTTP, remembers what it was asked, fails on demand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How the service behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Gives its answer.
    Answer,
    /// Gives an error with this HTTP status.
    Status(u16),
    /// Reads the question and never answers.
    Hang,
    /// Closes the connection without an answer.
    Drop,
    /// Closes the next connection without an answer, then answers.
    DropOnce,
}

/// A question as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: Value,
}

struct State {
    mode: Mode,
    answer: Value,
    asked: Vec<Asked>,
}

/// A running fake.
#[derive(Clone)]
pub struct ServiceFake {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl ServiceFake {
    /// On a port of its own, below the path `/api`.
    pub async fn start(answer: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/api", listener.local_addr().expect("an address"));
        let state = State { mode: Mode::Answer, answer, asked: Vec::new() };
        let fake = Self { url, state: Arc::new(Mutex::new(state)) };
        let serving = fake.clone();
        actix_web::rt::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let fake = serving.clone();
                actix_web::rt::spawn(async move { fake.serve(connection).await });
            }
        });
        fake
    }

    /// The address of a service that is not running.
    pub async fn nowhere() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State { mode: Mode::Drop, answer: Value::Null, asked: Vec::new() };
        Self { url, state: Arc::new(Mutex::new(state)) }
    }

    pub fn set_mode(&self, mode: Mode) {
        self.lock().mode = mode;
    }

    pub fn set_answer(&self, answer: Value) {
        self.lock().answer = answer;
    }

    /// Questions so far, also those without an answer.
    pub fn calls(&self) -> usize {
        self.lock().asked.len()
    }

    /// The last question.
    pub fn last(&self) -> Asked {
        self.lock().asked.last().expect("a question").clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    /// One question per connection.
    async fn serve(&self, mut connection: TcpStream) {
        let Some(asked) = read(&mut connection).await else { return };
        let (mode, answer) = {
            let mut state = self.lock();
            state.asked.push(asked);
            let mode = state.mode;
            if mode == Mode::DropOnce {
                state.mode = Mode::Answer;
            }
            (mode, state.answer.to_string())
        };
        let (status, body) = match mode {
            Mode::Answer => (200, answer),
            Mode::Status(status) => (status, "{}".to_owned()),
            Mode::Hang => std::future::pending().await,
            Mode::Drop | Mode::DropOnce => return,
        };
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        let _ = connection.write_all(text.as_bytes()).await;
    }
}

async fn read(connection: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut part = [0; 4096];
        let length = connection.read(&mut part).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&part[..length]);
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("a text");
    let mut lines = head.lines();
    let mut request = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (request.next()?, request.next()?);
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize =
        headers.get("content-length").map_or(0, |text| text.parse().expect("length"));
    let mut body = bytes.split_off(head_end);
    while body.len() < length {
        let mut part = [0; 4096];
        let read = connection.read(&mut part).await.ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&part[..read]);
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Asked { method, target, headers, body })
}

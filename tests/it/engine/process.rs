//! The engine as a child process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};

/// A data directory, removed with everything in it.
pub struct Directory(pub PathBuf);

impl Directory {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("engine-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn spooled(&self) -> usize {
        std::fs::read_dir(self.0.join("inserts")).unwrap().count()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running engine process, killed when dropped.
pub struct Engine {
    pub child: Child,
    pub address: String,
}

pub fn command(directory: &Path, listen: &str) -> Option<Command> {
    let Some(library) = std::env::var_os("COFFEE_TEST_LIBCHDB") else {
        eprintln!("skipped: COFFEE_TEST_LIBCHDB is not set");
        return None;
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffee"));
    command
        .arg("clickhouse")
        .arg("--path")
        .arg(directory)
        .args(["--listen", listen])
        .arg("--library")
        .arg(library);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command)
}

impl Engine {
    pub fn start(directory: &Directory) -> Option<Self> {
        let mut command = command(&directory.0, "127.0.0.1:0")?;
        let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("http://").expect("the engine prints its address").to_owned();
        Some(Self { child, address })
    }

    pub fn client(&self) -> Client {
        Client::default()
            .with_url(format!("http://{}", self.address))
            .with_user("default")
            .with_password("x")
    }

    pub fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    pub fn stop(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.child.wait().unwrap()
    }

    /// One request on its own connection; the answer's head and body.
    pub fn request(&self, head: &str, body: &[u8]) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let body = answer.split_off(end + 4);
        (String::from_utf8(answer).unwrap().to_lowercase(), body)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A row that most tests store.
#[derive(Row, Serialize, Deserialize)]
pub struct Point {
    pub key: i64,
    pub value: String,
}

/// Starts an engine with database `app` in a new directory, or leaves the test.
macro_rules! engine {
    () => {{
        let directory = Directory::new();
        let Some(engine) = Engine::start(&directory) else { return };
        engine.client().query("CREATE DATABASE app").execute().await.unwrap();
        let client = engine.client().with_database("app");
        (directory, engine, client)
    }};
}

pub async fn run(client: &Client, statements: &[&str]) {
    for statement in statements {
        client
            .query(statement)
            .execute()
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

pub async fn number(client: &Client, query: &str) -> u64 {
    client.query(query).fetch_one().await.unwrap_or_else(|error| panic!("{query}: {error}"))
}

pub async fn failure(client: &Client, query: &str) -> String {
    client.query(query).execute().await.expect_err(query).to_string()
}

pub async fn eventually(client: &Client, query: &str, expected: u64) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while number(client, query).await != expected {
        assert!(Instant::now() < deadline, "{query} never became {expected}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(super) use engine;

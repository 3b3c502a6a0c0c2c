//! A `coffee` process with a database of its own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::Database;

/// `coffee` with an environment of nothing but configuration.
pub fn coffee(database: &Database, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffee"));
    command
        .env_clear()
        .env("COFFEE__ENV", "test")
        .env("COFFEE__POSTGRES__URL", database.url())
        .env("COFFEE__POSTGRES__OWNER_URL", database.owner_url())
        .env("COFFEE__CLICKHOUSE__URL", "")
        .env("COFFEE__SERVER__HOST", "127.0.0.1")
        .env("COFFEE__SERVER__WORKERS", "1")
        .env("COFFEE__LOG__LEVEL", "info")
        .env("COFFEE__AUTH__HMAC_SECRET", "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQ=")
        .envs(settings.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn output(command: &mut Command) -> (Output, String, String) {
    let output = command.output().expect("coffee runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    (output, stdout, stderr)
}

/// The same with a text on standard input.
pub fn output_of(command: &mut Command, input: &str) -> (Output, String, String) {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = piped.spawn().expect("coffee starts");
    running.stdin.take().expect("input").write_all(input.as_bytes()).expect("written");
    let output = running.wait_with_output().expect("ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    (output, stdout, stderr)
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A running `coffee serve`, killed when dropped.
pub struct Server {
    child: Child,
    pub public: String,
    pub operations: String,
}

impl Server {
    /// Starts and waits until it is alive.
    pub async fn start(database: &Database, settings: &[(&str, &str)]) -> Self {
        let (public, operations) = (free_port(), free_port());
        let mut command = coffee(database, settings);
        command
            .arg("serve")
            .env("COFFEE__SERVER__PORT", public.to_string())
            .env("COFFEE__OPERATIONS__PORT", operations.to_string())
            .stdout(Stdio::piped());
        let child = command.spawn().expect("coffee starts");
        let server = Self {
            child,
            public: format!("http://127.0.0.1:{public}"),
            operations: format!("http://127.0.0.1:{operations}"),
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while !server.is_alive().await {
            assert!(Instant::now() < deadline, "coffee never answered");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    async fn is_alive(&self) -> bool {
        let answer = reqwest::get(format!("{}/livez", self.operations)).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// State of the stores as `/readyz` tells it, with its HTTP status.
    pub async fn readiness(&self) -> (u16, serde_json::Value) {
        let answer = reqwest::get(format!("{}/readyz", self.operations)).await.expect("answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// Memory that the process holds.
    pub fn resident_bytes(&self) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse::<i64>().expect("a number") * 1024
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for the end; exit code and everything that was logged.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        let mut stdout = self.child.stdout.take().expect("piped");
        stdout.read_to_string(&mut log).expect("readable");
        (self.child.wait().expect("ends").code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

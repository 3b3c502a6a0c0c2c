//! A Redis server of a test's own, which may be killed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use deadpool_redis::redis::{self, Cmd, FromRedisValue};
use uuid::Uuid;

/// Starts the server in the background and ends it when standard input closes: with the test process,
/// however that ends.
const GUARD: &str =
    "redis-server \"$@\" >server.log 2>&1 & echo $!; read -r _; kill -9 $! 2>/dev/null";

/// A server on a loopback port.
pub struct RedisServer {
    pub port: u16,
    arguments: Vec<String>,
    directory: PathBuf,
    guard: Child,
    pid: String,
}

impl RedisServer {
    /// A stand-alone server.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With more settings, as on the command line.
    pub async fn start_with(settings: &[&str]) -> Self {
        let port = free_port();
        let directory = std::env::temp_dir().join(format!("coffee-redis-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&directory).expect("a folder");
        let mut arguments: Vec<String> =
            ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]
                .map(String::from)
                .to_vec();
        arguments.push(port.to_string());
        arguments.extend(settings.iter().map(|setting| (*setting).to_owned()));
        let (guard, pid) = spawn(&directory, &arguments);
        let server = Self { port, arguments, directory, guard, pid };
        server.until_it_answers().await;
        server
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `STOP`, `CONT`, ...
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "no server to send {name} to");
    }

    /// Kills the server; its data are lost.
    pub fn kill(&mut self) {
        let killed = Command::new("kill").args(["-9", &self.pid]).status();
        assert!(killed.is_ok_and(|status| status.success()), "redis-server was not running");
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }

    /// Starts it again on the same port.
    pub async fn restart(&mut self) {
        (self.guard, self.pid) = spawn(&self.directory, &self.arguments);
        self.until_it_answers().await;
    }

    /// The answer to one command.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> redis::RedisResult<T> {
        let client = redis::Client::open(format!("redis://{}", self.address()))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        command.query_async(&mut connection).await
    }

    async fn until_it_answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.ask::<String>(&redis::cmd("PING")).await.is_err() {
            assert!(Instant::now() < deadline, "redis-server does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-9", &self.pid]).stderr(Stdio::null()).status();
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("an address").port()
}

fn spawn(directory: &PathBuf, arguments: &[String]) -> (Child, String) {
    let mut guard = Command::new("sh")
        .args(["-c", GUARD, "sh"])
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let mut pid = String::new();
    let output = guard.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut pid).expect("a pid");
    (guard, pid.trim().to_owned())
}

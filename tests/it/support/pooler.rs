//! PgBouncer in transaction mode, of a test's own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sea_orm::sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::redis_server::free_port;

/// Ends the pooler when standard input closes: with the test process, however that ends.
const GUARD: &str = "\"$@\" >pooler.log 2>&1 & read -r _; kill -9 $! 2>/dev/null";

/// A pooler in front of the PostgreSQL behind a URL, killed when dropped.
pub struct Pooler {
    guard: Child,
    directory: PathBuf,
    url: String,
}

impl Pooler {
    /// Two sessions of the server for everybody, so that transactions of one client meet different ones.
    pub async fn start(target: &str) -> Self {
        let target = url::Url::parse(target).expect("a PostgreSQL URL");
        let directory = std::env::temp_dir().join(format!("coffee-pooler-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&directory).expect("a folder");
        let listen = free_port();
        let (host, port) = (target.host_str().expect("a host"), target.port().unwrap_or(5432));
        let (user, password) = (target.username(), target.password().unwrap_or_default());
        std::fs::write(directory.join("users"), format!("\"{user}\" \"{password}\"\n"))
            .expect("a file");
        let settings = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {listen}\nunix_socket_dir =\nauth_type = trust\nauth_file = users\n\
             pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\n"
        );
        std::fs::write(directory.join("settings"), settings).expect("a file");
        let mut program = vec!["/usr/sbin/pgbouncer"];
        // It refuses to run as root, and then reads its files as somebody else.
        let id = Command::new("id").arg("-u").output().expect("id runs");
        if id.stdout.starts_with(b"0") {
            program.extend(["-u", "nobody"]);
        }
        program.push("settings");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "sh"])
            .args(program)
            .current_dir(&directory)
            .stdin(Stdio::piped())
            .spawn()
            .expect("sh runs");
        let mut url = target;
        url.set_port(Some(listen)).expect("a port");
        let pooler = Self { guard, directory, url: url.into() };
        pooler.until_it_answers().await;
        pooler
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    async fn until_it_answers(&self) {
        use std::str::FromStr as _;
        let options = sea_orm::sqlx::postgres::PgConnectOptions::from_str(&self.url);
        let options = options.expect("a URL").extra_float_digits(None);
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(error) = PgConnection::connect_with(&options).await {
            let log = std::fs::read_to_string(self.directory.join("pooler.log"));
            assert!(Instant::now() < deadline, "{error}: {}", log.unwrap_or_default());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

//! A ClickHouse of a test's own, which may be killed: the engine inside coffee.

use coffee::core::config::Config;
use coffee::core::db::clickhouse::ClickHouse;
use coffee::core::db::migrate;

use super::folder::{Folder, port, setting};
use super::process::{Process, command, guarded, within};
use super::tool::COFFEE;

/// Name of the database in which the configuration has the tables.
const DATABASE: &str = "coffee";

/// An engine on a loopback port, with the schema.
pub struct ClickHouseServer {
    process: Option<Process>,
    port: u16,
    http: reqwest::Client,
    // Goes last: the process works in it.
    folder: Folder,
}

impl ClickHouseServer {
    pub async fn start() -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let folder = Folder::new("clickhouse");
        let mut server = Self { process: None, port: port(), http, folder };
        server.launch().await;
        let config = format!("env = \"test\"\n[clickhouse]\nurl = \"{}\"", server.url());
        let config = Config::from_toml(&config).expect("configuration");
        let clickhouse = ClickHouse::new(&config).expect("configured");
        migrate::clickhouse(&config, &clickhouse).await.expect("the schema applies");
        server
    }

    /// Starts it, with everything that was acknowledged, and waits until it answers.
    pub async fn launch(&mut self) {
        let data = self.folder.path().join("data");
        let data = data.to_str().expect("a readable path");
        let (address, library) =
            (format!("127.0.0.1:{}", self.port), setting("COFFEE_TEST_LIBCHDB"));
        let words =
            [COFFEE, "clickhouse", "--path", data, "--listen", &address, "--library", &library];
        let mut process = Process::start(&mut command(&guarded(&[], &words)));
        let ping = format!("{}/ping", self.url());
        within(60, "ClickHouse answers", async || {
            assert!(!process.has_ended(), "ClickHouse does not start");
            self.http.get(&ping).send().await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        self.process = Some(process);
    }

    /// `TERM` stops it in order, `KILL` does not.
    pub async fn end(&mut self, signal: &str) {
        self.process.take().expect("it runs").end(signal, 70).await;
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Rows of one text each.
    pub async fn lines(&self, sql: &str) -> Vec<String> {
        let asked =
            self.http.post(self.url()).query(&[("database", DATABASE)]).body(sql.to_owned());
        let answer = asked.send().await.expect("ClickHouse answers");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        assert!(status.is_success(), "{sql}: {text}");
        text.lines().map(str::to_owned).collect()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let lines = self.lines(sql).await;
        lines.first().and_then(|line| line.parse().ok()).expect("a number")
    }
}

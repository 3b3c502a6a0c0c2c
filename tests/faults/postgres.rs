//! A PostgreSQL of a test's own, which may be restarted.

use coffee::core::db::migrate;
use sea_orm::sqlx::{Connection as _, PgConnection};

use super::folder::{Folder, port, setting};
use super::process::{Process, command, guarded, within};

const ROLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ops/roles.sql");

/// A server on a loopback port, with the schema.
pub struct PostgresServer {
    process: Option<Process>,
    port: u16,
    // Goes last: the processes work in it.
    folder: Folder,
}

impl PostgresServer {
    pub async fn start() -> Self {
        let folder = Folder::new("postgresql");
        let bin = setting("COFFEE_TEST_POSTGRES_BIN");
        let identity = setting("COFFEE_TEST_POSTGRES_IDENTITY");
        let (initdb, data) = (format!("{bin}/initdb"), data(&folder));
        let create = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"];
        let words: Vec<&str> = identity
            .split_whitespace()
            .chain([initdb.as_str(), "--no-sync", "--pgdata", &data])
            .chain(create)
            .collect();
        let made = command(&words).current_dir(folder.path()).status();
        assert!(made.is_ok_and(|status| status.success()), "initdb failed");
        let mut server = Self { process: None, port: port(), folder };
        server.launch().await;
        let (psql, port) = (format!("{bin}/psql"), server.port.to_string());
        let roles = [&psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port];
        let roles =
            command(&roles).args(["-U", "postgres", "-d", "postgres", "-f", ROLES]).status();
        assert!(roles.is_ok_and(|status| status.success()), "the roles could not be created");
        let mut owner = PgConnection::connect(&server.owner_url()).await.expect("it answers");
        migrate::postgres(&mut owner).await.expect("the schema applies");
        owner.close().await.expect("closes");
        server
    }

    /// Starts it and waits until it answers. What is committed survives the end of its processes;
    /// only the machine must not fail.
    pub async fn launch(&mut self) {
        let postgres = format!("{}/postgres", setting("COFFEE_TEST_POSTGRES_BIN"));
        let identity = setting("COFFEE_TEST_POSTGRES_IDENTITY");
        let identity: Vec<&str> = identity.split_whitespace().collect();
        let (data, port) = (data(&self.folder), format!("port={}", self.port));
        let more = ["unix_socket_directories=", "fsync=off", "max_connections=200"];
        let words =
            [postgres.as_str(), "-D", &data, "-c", "listen_addresses=127.0.0.1", "-c", &port];
        let mut server = command(&guarded(&identity, &words));
        server.args(more.iter().flat_map(|setting| ["-c", setting]));
        // Killed, it would leave shared memory behind.
        let process = Process::start(server.current_dir(self.folder.path()));
        let mut process = process.ended_by("QUIT");
        let anyone = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        within(60, "PostgreSQL answers", async || {
            assert!(!process.has_ended(), "PostgreSQL does not start");
            PgConnection::connect(&anyone).await.is_ok()
        })
        .await;
        self.process = Some(process);
    }

    /// `INT` is a fast stop, `QUIT` an immediate one.
    pub async fn end(&mut self, signal: &str) {
        self.process.take().expect("it runs").end(signal, 60).await;
    }

    /// The database as a superuser sees it.
    pub fn admin_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/coffee", self.port)
    }

    pub fn url(&self) -> String {
        format!("postgres://coffee:coffee@127.0.0.1:{}/coffee", self.port)
    }

    pub fn owner_url(&self) -> String {
        format!("postgres://coffee_owner:coffee_owner@127.0.0.1:{}/coffee", self.port)
    }
}

fn data(folder: &Folder) -> String {
    folder.path().join("data").to_str().expect("a readable path").to_owned()
}

//! Owns running statements: each has a fresh session and a thread of its own, and a bounded
//! number runs at once.

use super::body::SpooledRows;
use super::exception::Exception;
use super::library::{Answer, Library, Session};
use super::sql;
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, oneshot};

/// Statements that run at the same time; more wait without holding a thread.
const PARALLEL_STATEMENTS: u32 = 8;

/// Stack of a statement's thread, bytes, as in the server: the engine refuses deep expressions
/// when half of it is used, and a default thread would refuse what the server accepts.
const STACK: usize = 8 << 20;

/// Setting that names a statement in `system.processes`.
const COMMENT: &str = "log_comment";
/// How often a statement that goes on is told to end, and the pause between.
const KILL_ATTEMPTS: usize = 100;
const KILL_PAUSE: Duration = Duration::from_millis(50);

/// One statement with the session it asks for.
pub(super) struct Statement {
    pub(super) sql: Vec<u8>,
    /// Output format when the text names none.
    pub(super) format: String,
    pub(super) database: Option<String>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) placeholders: Vec<(String, String)>,
    /// Names it in `system.processes` as the setting `log_comment`, since the library gives every
    /// statement an id of its own.
    pub(super) query_id: String,
    /// Whether it is cancelled when the caller goes away.
    pub(super) ends_with_client: bool,
}

/// The running engine.
pub(super) struct Executor {
    connector: Arc<Connector>,
    permits: Arc<Semaphore>,
    /// Keeps the engine up between statements: it stops with its last session.
    anchor: Mutex<Option<Session>>,
}

/// Cancels a statement whose caller has gone away: dropped before the statement has ended.
struct Cancellation {
    connector: Arc<Connector>,
    query_id: String,
    ended: Arc<AtomicBool>,
}

impl Drop for Cancellation {
    fn drop(&mut self) {
        if self.ended.load(Ordering::Relaxed) {
            return;
        }
        let (connector, ended) = (Arc::clone(&self.connector), Arc::clone(&self.ended));
        let (comment, id) = (sql::quote(COMMENT), sql::quote(&self.query_id));
        let kill = format!("KILL QUERY WHERE Settings[{comment}] = {id} ASYNC");
        let killing = move || {
            // It may not have begun when it is looked for.
            for _ in 0..KILL_ATTEMPTS {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let killed = connector
                    .session()
                    .and_then(|mut session| session.query(kill.as_bytes(), "Null", &[]));
                if let Err(error) = killed {
                    tracing::warn!(%error, "a statement could not be cancelled");
                    return;
                }
                std::thread::sleep(KILL_PAUSE);
            }
        };
        let thread = std::thread::Builder::new().name("kill".to_owned()).stack_size(STACK);
        if let Err(error) = thread.spawn(killing) {
            tracing::warn!(%error, "a statement could not be cancelled");
        }
    }
}

/// What it takes to open a session.
struct Connector {
    library: Arc<Library>,
    arguments: Vec<CString>,
}

impl Executor {
    /// Starts the engine; `arguments` are its command line. Blocks until the tables are loaded.
    ///
    /// # Errors
    /// The engine refuses to start.
    pub(super) fn start(library: Library, arguments: Vec<CString>) -> Result<Self, Exception> {
        let connector = Connector { library: Arc::new(library), arguments };
        let mut anchor = connector.session()?;
        let answer = anchor.query(b"SELECT version()", "TabSeparatedRaw", &[])?;
        tracing::info!(version = %String::from_utf8_lossy(answer.as_ref()).trim_end(), "embedded ClickHouse engine started");
        Ok(Self {
            connector: Arc::new(connector),
            permits: Arc::new(Semaphore::new(PARALLEL_STATEMENTS as usize)),
            anchor: Mutex::new(Some(anchor)),
        })
    }

    /// Runs a statement. Once started it runs to its end, even when the caller goes away, unless
    /// it `ends_with_client`; `rows`, the file it may read, is kept until then.
    ///
    /// # Errors
    /// The engine's exception, or UNKNOWN_EXCEPTION while stopping.
    pub(super) async fn run(
        &self,
        statement: Statement,
        rows: Option<SpooledRows>,
    ) -> Result<Answer, Exception> {
        let stopping = |_| Exception::internal("The engine is stopping");
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(stopping)?;
        let connector = Arc::clone(&self.connector);
        let (sender, receiver) = oneshot::channel();
        let ended = Arc::new(AtomicBool::new(false));
        let _abandoned = statement.ends_with_client.then(|| Cancellation {
            connector: Arc::clone(&self.connector),
            query_id: statement.query_id.clone(),
            ended: Arc::clone(&ended),
        });
        let run = move || {
            let answer = connector.run(&statement);
            ended.store(true, Ordering::Relaxed);
            drop(rows);
            // The caller may have gone away: then the answer is freed here.
            drop(sender.send(answer));
            drop(permit);
        };
        let thread =
            std::thread::Builder::new().name("statement".to_owned()).stack_size(STACK).spawn(run);
        thread.map_err(|error| Exception::internal(&format!("Cannot start a thread: {error}")))?;
        receiver.await.unwrap_or_else(|_| Err(Exception::internal("The statement's thread died")))
    }

    /// Waits for running statements, refuses new ones and closes the engine, which flushes
    /// its data. False when statements still ran after `patience`; the engine is then left
    /// as it is.
    pub(super) async fn close(&self, patience: Duration) -> bool {
        let drained =
            tokio::time::timeout(patience, self.permits.acquire_many(PARALLEL_STATEMENTS)).await;
        self.permits.close();
        if drained.is_err() {
            return false;
        }
        let anchor = self.anchor.lock().await.take();
        tokio::task::spawn_blocking(move || drop(anchor)).await.is_ok()
    }
}

impl Connector {
    fn session(&self) -> Result<Session, Exception> {
        self.library
            .connect(&self.arguments)
            .ok_or_else(|| Exception::internal("The engine refused a connection"))
    }

    /// A session per statement makes database, settings and temporary tables its own. Opening
    /// one costs about 0.15 ms, less than bringing a used one back to a known state.
    fn run(&self, statement: &Statement) -> Result<Answer, Exception> {
        let mut session = self.session()?;
        if let Some(database) = statement.database.as_deref().filter(|name| !name.is_empty()) {
            session.query(
                format!("USE {}", sql::quote_identifier(database)).as_bytes(),
                "Null",
                &[],
            )?;
        }
        let set = |(name, value): (&str, &str)| format!("{name} = {}", sql::quote(value));
        let given = statement.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // What the client says itself comes later and wins; then it cannot be cancelled.
        let settings: Vec<String> =
            [(COMMENT, statement.query_id.as_str())].into_iter().chain(given).map(set).collect();
        session.query(format!("SET {}", settings.join(", ")).as_bytes(), "Null", &[])?;
        session.query(&statement.sql, &statement.format, &statement.placeholders)
    }
}

//! The embedded ClickHouse engine: `libchdb` behind a loopback listener that speaks
//! ClickHouse's own HTTP protocol, so that a machine without a ClickHouse server is used
//! through the same client and the same SQL.
//!
//! It is meant to be its own process: the library opens one data directory per process, and a
//! crash in it ends the process. The data directory holds `data/` (the engine's own files),
//! `inserts/` (rows on their way in) and `engine.lock`.

mod body;
mod exception;
mod executor;
mod framing;
mod http;
mod library;
mod request;
mod sql;

use actix_web::{App, HttpServer, web};
use executor::Executor;
use std::ffi::CString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longer than the 2 s for which the official client keeps an idle connection.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// How long requests and statements may take to finish once asked to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// The listener only moves bytes; the engine has its own threads.
const WORKERS: usize = 2;

/// Where the engine keeps its data and is reached.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Data directory, created when missing. No other process may use it.
    pub path: PathBuf,
    /// Loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The `libchdb.so` file.
    pub library: PathBuf,
}

/// Why the engine did not start or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The listener has no users or passwords, so only this machine may reach it.
    #[error("the embedded ClickHouse engine listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The path cannot be used inside the engine's own file names.
    #[error("the data directory {0:?} must be UTF-8 without any of * ? {{ }}")]
    UnsupportedPath(PathBuf),
    /// Another process has the directory open.
    #[error("the data directory {path:?} is in use by process {holder}")]
    Locked {
        /// The directory.
        path: PathBuf,
        /// Process id as the holder wrote it, or `unknown`.
        holder: String,
    },
    /// Something in the data directory cannot be created or read.
    #[error("cannot use {path:?}: {source}")]
    Directory {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is missing, is not `libchdb`, or is a release without a function needed.
    #[error("cannot load the engine from {path:?}: {source}")]
    Library {
        /// The file.
        path: PathBuf,
        /// Why.
        source: libloading::Error,
    },
    /// The engine does not accept the data directory.
    #[error("the engine does not start on {path:?}: {reason}")]
    Start {
        /// The directory.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The listener failed while serving.
    #[error("the listener failed: {0}")]
    Server(io::Error),
    /// Statements still ran after a minute of waiting. What was acknowledged is on disk.
    #[error("statements were still running after {} s; the engine was left without closing it", PATIENCE.as_secs())]
    StillBusy,
}

/// An engine that has loaded its tables and owns its port, ready to [`run`](Self::run).
pub struct Engine {
    listener: TcpListener,
    address: SocketAddr,
    service: web::Data<http::Service>,
    /// Held until the process ends or the engine is dropped.
    _lock: File,
}

/// Opens the engine and serves until `stop` is cancelled.
///
/// # Errors
/// See [`EngineError`].
pub async fn serve(config: EngineConfig, stop: CancellationToken) -> Result<(), EngineError> {
    Engine::open(config).await?.run(stop).await
}

impl Engine {
    /// Locks the data directory, loads the library, starts the engine and binds the port.
    ///
    /// # Errors
    /// Everything of [`EngineError`] but `Server` and `StillBusy`.
    pub async fn open(config: EngineConfig) -> Result<Self, EngineError> {
        if !config.listen.ip().is_loopback() {
            return Err(EngineError::NotLoopback(config.listen));
        }
        let path = config.path.clone();
        let opened = tokio::task::spawn_blocking(move || open(&config)).await;
        opened.unwrap_or_else(|error| Err(EngineError::Start { path, reason: error.to_string() }))
    }

    /// The address bound, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is cancelled; then takes no more requests, lets the running ones
    /// finish and closes the engine.
    ///
    /// # Errors
    /// `Server` and `StillBusy`.
    pub async fn run(self, stop: CancellationToken) -> Result<(), EngineError> {
        let service = self.service.clone();
        let server = HttpServer::new(move || {
            App::new().app_data(service.clone()).configure(http::configure)
        })
        .workers(WORKERS)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(PATIENCE.as_secs())
        // A client that goes away is noticed: its handler is dropped.
        .h1_allow_half_closed(false)
        .disable_signals()
        .listen(self.listener)
        .map_err(EngineError::Server)?
        .run();
        let handle = server.handle();
        let mut server = tokio::spawn(server);
        let served = tokio::select! {
            ended = &mut server => ended,
            () = stop.cancelled() => {
                handle.stop(true).await;
                server.await
            }
        };
        let closed = self.service.executor.close(PATIENCE).await;
        served.map_err(io::Error::other).flatten().map_err(EngineError::Server)?;
        if closed { Ok(()) } else { Err(EngineError::StillBusy) }
    }
}

fn open(config: &EngineConfig) -> Result<Engine, EngineError> {
    let unusable = |path: &Path| {
        let path = path.to_owned();
        move |source| EngineError::Directory { path, source }
    };
    let data = config.path.join("data");
    // Releases up to 26.5 start their clean-up of dropped tables only on a directory that has
    // `metadata`; without it DROP … SYNC waits for ever.
    let metadata = data.join("metadata");
    std::fs::create_dir_all(&metadata).map_err(unusable(&metadata))?;
    let root = config.path.canonicalize().map_err(unusable(&config.path))?;
    let data = root.join("data");
    let arguments = arguments(&data).ok_or_else(|| EngineError::UnsupportedPath(root.clone()))?;
    let lock = lock(&root)?;
    let inserts = root.join("inserts");
    let spool = body::Spool::open(inserts.clone()).map_err(unusable(&inserts))?;
    let listening = |source| EngineError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let library = library::Library::load(&config.library)
        .map_err(|source| EngineError::Library { path: config.library.clone(), source })?;
    let executor = Executor::start(library, arguments)
        .map_err(|exception| EngineError::Start { path: data, reason: exception.to_string() })?;
    Ok(Engine {
        listener,
        address,
        service: web::Data::new(http::Service { executor, spool }),
        _lock: lock,
    })
}

/// The engine's command line, or `None` for a path that FROM INFILE would read as a pattern.
fn arguments(data: &Path) -> Option<Vec<CString>> {
    let path = data.to_str().filter(|path| !path.contains(['*', '?', '{', '}']))?;
    [
        "chdb".to_owned(),
        format!("--path={path}"),
        // A dropped table cannot be undropped, so its files need not stay for eight minutes.
        "--database_atomic_delay_before_drop_table_sec=0".to_owned(),
    ]
    .into_iter()
    .map(|argument| CString::new(argument).ok())
    .collect()
}

fn lock(root: &Path) -> Result<File, EngineError> {
    let path = root.join("engine.lock");
    let unusable = |source| EngineError::Directory { path: path.clone(), source };
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let holder = match file.read_to_string(&mut holder) {
                Ok(length) if length > 0 => holder.trim().to_owned(),
                _ => "unknown".to_owned(),
            };
            return Err(EngineError::Locked { path: root.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(unusable(source)),
    }
    file.set_len(0).map_err(unusable)?;
    writeln!(file, "{}", std::process::id()).map_err(unusable)?;
    Ok(file)
}

//! Keep-alive connections of one worker to one upstream.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::body::RequestBody;
use super::origin::Origin;

/// Connections kept open per worker and upstream.
const MAX_IDLE: usize = 128;
/// A connection unused for so long is not used again.
const IDLE_TIME: Duration = Duration::from_secs(60);

/// A connection; dropping it closes it at once, whatever is under way.
pub(super) struct Connection {
    pub(super) sender: SendRequest<RequestBody>,
    driver: AbortHandle,
}

impl Connection {
    /// Handle that closes the connection.
    pub(super) fn closer(&self) -> AbortHandle {
        self.driver.clone()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Idle connections, the most recently used last.
pub(super) struct Pool {
    origin: Arc<Origin>,
    connect_timeout: Duration,
    idle: RefCell<VecDeque<(Connection, Instant)>>,
}

impl Pool {
    /// An empty pool.
    pub(super) fn new(origin: Arc<Origin>, connect_timeout: Duration) -> Self {
        Self { origin, connect_timeout, idle: RefCell::default() }
    }

    /// A connection that was used before and is still open.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        while let Some((connection, since)) = idle.pop_back() {
            if connection.sender.is_ready() && since.elapsed() < IDLE_TIME {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose exchange is over.
    pub(super) fn put(&self, connection: Connection) {
        if connection.sender.is_closed() {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        let is_old = |(_, since): &(Connection, Instant)| since.elapsed() >= IDLE_TIME;
        while idle.len() >= MAX_IDLE || idle.front().is_some_and(is_old) {
            idle.pop_front();
        }
        idle.push_back((connection, Instant::now()));
    }

    /// A new connection.
    ///
    /// # Errors
    /// None within the time allowed.
    pub(super) async fn connect(&self) -> io::Result<Connection> {
        let stream = timeout(self.connect_timeout, self.origin.connect()).await??;
        // Most requests are one buffer, and `write` costs less than `writev`.
        let handshake = Builder::new().writev(false).handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(io::Error::other)?;
        // An answer may lead out of HTTP.
        let connection = connection.with_upgrades();
        let driver = actix_web::rt::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "upstream connection broke");
            }
        });
        Ok(Connection { sender, driver: driver.abort_handle() })
    }
}

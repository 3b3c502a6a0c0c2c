//! Streaming reverse proxy: `/social-profile-service` and every prefix that `[upstream.routes]` gives
//! away.
//!
//! Path, query, status and bodies pass unchanged and unbuffered; headers pass without the hop-by-hop
//! ones, and who the caller is replaces what the client said about itself ([`outgoing`]). Each worker
//! has its own connections ([`pool`]): a request never leaves its thread.
//!
//! | Situation | Answer |
//! |---|---|
//! | no connection, or it breaks before the answer's headers | 502 `upstream unavailable` |
//! | no headers within `server.timeout_secs` of the last byte of the request | 504 `request timed out` |
//! | body above `upstream.body_limit_bytes` | 413 `request body too large` |
//! | WebSockets beyond `upstream.max_websockets` | 503 `too many connections, try again` |
//! | another protocol upgrade (`h2c` is ignored instead, as HTTP allows) | 501 `upgrade is not supported` |
//! | `.` or `..` as a segment of the path, however it is written | 400 `invalid Request` |
//! | break or `upstream.idle_timeout_secs` of silence after the headers | the connection is closed |

mod answer;
mod body;
mod failure;
mod forward;
mod headers;
mod origin;
mod outgoing;
mod pool;
mod upgrade;

use std::sync::Arc;
use std::time::Duration;

use crate::core::config::{Config, ConfigError};
use origin::Origin;
use upgrade::Sockets;

pub use forward::Upstream;

/// Time and size limits of an exchange.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// For opening a connection.
    connect: Duration,
    /// Between the last byte of the request and the answer's headers.
    headers: Duration,
    /// Between two bytes, in whichever direction, from the headers on.
    idle: Duration,
    /// Of the request's body, in bytes.
    body: u64,
}

/// The proxied prefixes.
pub struct Proxy {
    routes: Vec<(String, Arc<Origin>)>,
    limits: Limits,
    sockets: Sockets,
}

impl Proxy {
    /// From the configuration; connects to nothing yet.
    ///
    /// # Errors
    /// An upstream that is no origin, or no trusted certificates for one with TLS.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let upstream = &config.upstream;
        let origins = upstream.origins()?.into_iter();
        let routes = origins.map(|(prefix, url)| Ok((prefix, Arc::new(Origin::new(&url)?))));
        Ok(Self {
            routes: routes.collect::<Result<_, ConfigError>>()?,
            limits: Limits {
                connect: Duration::from_millis(upstream.connect_timeout_ms),
                headers: Duration::from_secs(config.server.timeout_secs),
                idle: Duration::from_secs(upstream.idle_timeout_secs),
                body: upstream.body_limit_bytes,
            },
            sockets: Sockets::new(
                upstream.max_websockets,
                Duration::from_secs(upstream.websocket_idle_timeout_secs),
            ),
        })
    }

    /// The proxied prefixes as one worker uses them.
    pub fn upstreams(&self) -> Upstreams {
        let routes = self.routes.iter();
        let upstream = |(prefix, origin): &(String, _)| {
            let shared = (self.limits, self.sockets.clone());
            Upstream::new(prefix, Arc::clone(origin), shared)
        };
        Upstreams(routes.map(upstream).collect())
    }
}

/// Upstreams of one worker.
pub struct Upstreams(Vec<Upstream>);

impl Upstreams {
    /// The one that serves a path; prefixes are compared by whole segments.
    pub fn of(&self, path: &str) -> Option<&Upstream> {
        if self.0.is_empty() {
            return None;
        }
        let first = path.strip_prefix('/')?.split('/').next()?;
        self.0.iter().find(|upstream| upstream.prefix() == first)
    }
}

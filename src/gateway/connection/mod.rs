//! Between the socket and the HTTP server: how many connections there may be ([`census`]), how long a
//! client is waited for ([`patience`]), and the answer to what never becomes a request ([`refusal`]).
//!
//! | What a client does | What becomes of it |
//! |---|---|
//! | opens more connections than `server.max_connections*` allow | closed without an answer |
//! | sends no complete head within five seconds of its first byte | 408 in the envelope |
//! | does not complete a body within `server.timeout_secs` | 408 from who reads it; a second later the connection is closed, whatever was answered |
//! | sends a body to a proxied prefix at less than 256 bytes per second | the connection is closed |
//! | takes less of an answer than 1 KiB per second in `server.write_timeout_secs` | the connection is closed |
//! | does not take an answer while `server.unread_limit_bytes` are exceeded | the connection is closed within a second or two |
//! | sends a head that is no HTTP, has a bare LF, or is too long | 400, 414 or 431 in the envelope, then the connection is closed |
//! | sends a chunked body that is none | 400 from who reads it, then the connection is closed |

mod census;
mod descriptors;
mod framing;
mod link;
mod patience;
mod refusal;
mod server;
mod stream;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::rt::net::TcpStream;
use prometheus::IntCounter;
use uuid::Uuid;

use crate::core::error::Outcome;
use crate::core::stores::Stores;
use crate::core::telemetry::Answered;
use patience::Unread;
use refusal::Refusal;

pub use census::{Caps, Census};
pub use descriptors::raise_limit;
pub use link::Link;
pub use patience::Times;
pub use server::{Listening, serve};
pub use stream::ClientStream;

/// What the connections of one listener have in common.
pub struct Policy {
    times: Times,
    census: Arc<Census>,
    unread: Arc<Unread>,
    slow_readers: IntCounter,
    stores: Stores,
}

impl Policy {
    /// For one listener.
    pub fn new(times: Times, census: Arc<Census>, stores: &Stores) -> Arc<Self> {
        let metrics = &stores.metrics.connections;
        Arc::new(Self {
            times,
            census,
            unread: Unread::new(
                metrics.unread_bytes.clone(),
                stores.config.server.unread_limit_bytes,
            ),
            slow_readers: metrics.slow_readers.clone(),
            stores: stores.clone(),
        })
    }

    /// Takes a connection in; `None` if there are too many, or it is gone.
    fn admit(self: &Arc<Self>, stream: TcpStream) -> Option<ClientStream> {
        let peer = stream.peer_addr().ok()?.ip();
        let seat = self.census.seat(peer)?;
        Some(ClientStream::new(stream, Arc::clone(self), seat))
    }

    /// Counts and logs the answer to what never became a request.
    fn observe(&self, id: Uuid, refusal: Refusal, peer: Option<IpAddr>) {
        let status = refusal.status();
        let answered = Answered {
            route: None,
            method: "other",
            status,
            outcome: Outcome::of_status(status),
            service: None,
            stated: [None, None],
        };
        self.stores.metrics.routes.observe(&answered, std::time::Duration::ZERO);
        let address = peer.map(tracing::field::display);
        tracing::warn!(request_id = %id, code = status.as_u16(), address, "not a request");
    }
}

//! An HTTP server over watched connections.

use std::fmt::Debug;
use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Request, Response};
use actix_server::Server;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use super::Policy;
use super::stream::ClientStream;

/// Time between an answer to an unread body and the end of the connection.
const DISCONNECT: Duration = Duration::from_secs(1);

/// How a listener serves.
#[derive(Debug, Clone, Copy)]
pub struct Listening {
    /// Threads.
    pub workers: usize,
    /// How long a connection may be idle.
    pub keep_alive: Duration,
    /// Seconds that requests in flight have at a stop.
    pub drain_secs: u64,
}

/// Serves what `factory` makes.
///
/// # Errors
/// The listener cannot be used.
pub fn serve<F, I, S, B>(
    listener: TcpListener,
    listening: Listening,
    policy: Arc<Policy>,
    factory: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(listening.workers)
        .shutdown_timeout(listening.drain_secs)
        .disable_signals();
    let draining = builder.graceful_shutdown_signal();
    let builder = builder.listen("http", listener, move || {
        let (draining, policy) = (draining.clone(), Arc::clone(&policy));
        let head = policy.times.head;
        let application = factory().into_factory().map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(listening.keep_alive)
            .client_request_timeout(head)
            .client_disconnect_timeout(DISCONNECT)
            // A client that goes away must not keep its transaction: the handler is dropped.
            .h1_allow_half_closed(false)
            .local_addr(address)
            .on_connect_ext(|stream: &ClientStream, data| {
                data.insert(stream.link());
            })
            .h1(map_config(application, |()| AppConfig::default()));
        let admit = move |stream: TcpStream| {
            limit_writes(&stream, policy.times.answer);
            let peer = stream.peer_addr().ok();
            let admitted = policy.admit(stream).map(|stream| (stream, peer));
            // Too many: dropping it closes it.
            let refused = || DispatchError::Io(io::ErrorKind::QuotaExceeded.into());
            ready(admitted.ok_or_else(refused))
        };
        fn_service(admit).and_then(http)
    })?;
    Ok(builder.run())
}

/// Has the system close a connection whose client acknowledges nothing of what was written for so long.
fn limit_writes(stream: &TcpStream, limit: Duration) {
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(limit)) {
        tracing::warn!(%error, "writes to a client have no limit");
    }
}

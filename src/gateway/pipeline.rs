//! The layers in front of every handler, outermost first: each function below is around the next one.
//!
//! Together they are one middleware, so that a request costs one future, and few functions that pass
//! references on, so that this future is small: it is allocated for every request, and an allocator
//! is quick up to about a kilobyte.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use futures_util::future::LocalBoxFuture;
use tracing::Span;
use uuid::Uuid;

use super::access_log::{log_body, observe};
use super::authenticate::{self, authenticate};
use super::context::{self, drop_identity, is_ambiguous};
use super::error_reports::tagged;
use super::proxy::Upstreams;
use super::recover::recover;
use super::routes::Destination;
use super::trailing_slash::drop_trailing_slash;
use super::{Gateway, cors, limits};
use crate::core::caller::Admission;
use crate::core::limits::Decision;
use crate::core::respond::status_only;

/// Outcome of a layer.
pub type Answer = Result<ServiceResponse, Error>;

/// What is known of a request from its first moment.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// Id of the request.
    pub id: Uuid,
    /// When it came in.
    pub at: Instant,
    /// Where its path leads.
    pub destination: Destination<'a>,
}

/// The gateway as one worker uses it.
pub struct Worker {
    /// A counter of the worker's own on the shared state, so that workers do not contend for one.
    gateway: Arc<Gateway>,
    upstreams: Upstreams,
}

impl Worker {
    /// One more worker.
    pub fn new(gateway: Arc<Gateway>) -> Rc<Self> {
        let upstreams = gateway.proxy.upstreams();
        Rc::new(Self { gateway, upstreams })
    }
}

/// Middleware: the whole gateway.
///
/// # Errors
/// A failure that has its answer already.
pub fn pipeline(
    worker: Rc<Worker>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> LocalBoxFuture<'static, Answer> {
    Box::pin(async move {
        let (id, at) = (Uuid::new_v4(), Instant::now());
        let Worker { gateway, upstreams } = &*worker;
        let destination = Destination::of(request.path(), upstreams);
        let arrival = Arrival { id, at, destination };
        let inside = in_context(gateway, &arrival, request, &next);
        recover(&gateway.stores.metrics, id, inside).await
    })
}

/// CORS, request context.
async fn in_context(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    mut request: ServiceRequest,
    next: &Next<BoxBody>,
) -> Answer {
    if let Some(answer) = gateway.cors.preflight(&request) {
        return Ok(request.into_response(answer));
    }
    let origin = gateway.cors.allowed(request.headers()).cloned();
    let mut answer = if is_ambiguous(request.headers()) {
        request.into_response(status_only(StatusCode::BAD_REQUEST, "invalid Request"))
    } else {
        drop_identity(request.headers_mut());
        observed(gateway, arrival, request, next).await?
    };
    context::mark(answer.headers_mut(), arrival.id);
    cors::mark(answer.headers_mut(), origin);
    Ok(answer)
}

/// Error reports, log, metrics, slow log.
async fn observed(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    request: ServiceRequest,
    next: &Next<BoxBody>,
) -> Answer {
    Span::current().record("request_id", tracing::field::display(arrival.id));
    let tags = gateway.error_reports.tags(request.headers(), arrival.id);
    let answer = tagged(tags, admitted(gateway, arrival, request, next)).await?;
    observe(gateway, arrival, &answer);
    Ok(if gateway.log_bodies { log_body(arrival, answer) } else { answer })
}

/// Authentication, rate limits, the handler.
async fn admitted(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    mut request: ServiceRequest,
    next: &Next<BoxBody>,
) -> Answer {
    let caller = match authenticate(gateway, arrival, &request).await {
        Ok(Some(caller)) => caller,
        Ok(None) => return next.call(request).await,
        Err(refusal) => return Ok(request.into_response(authenticate::refused(refusal))),
    };
    Span::current().record("partner_id", caller.partner_id);
    gateway.error_reports.tag_user(&caller);
    let decision = gateway.limits.decide(&caller, &request).await;
    let mut answer = match (decision, arrival.destination) {
        (Some(Decision::Refused { retry_after, .. }), _) => {
            request.into_response(limits::refused(retry_after))
        }
        // Boxed: the future of every other request stays small.
        (_, Destination::Upstream(upstream)) => Box::pin(upstream.forward(request, &caller)).await,
        (_, destination) => {
            drop_trailing_slash(destination, &mut request);
            let admission = Admission { caller, arrived_at: arrival.at };
            request.extensions_mut().insert(admission);
            next.call(request).await?
        }
    };
    if let Some(decision) = decision {
        limits::mark(answer.headers_mut(), decision.standing());
    }
    Ok(answer)
}

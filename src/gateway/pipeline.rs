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
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use super::access_log::{log_body, observe, record};
use super::arrival::{Answer, Arrival};
use super::authenticate::{self, authenticate};
use super::client_address::network;
use super::compression::compress;
use super::connection::Link;
use super::context::{self, drop_identity, is_ambiguous};
use super::error_reports::tagged;
use super::proxy::Upstreams;
use super::recover::recover;
use super::routes::Destination;
use super::spelling::respell;
use super::{Gateway, cors, limits};
use crate::core::body::abandoned;
use crate::core::caller::{Admission, Caller};
use crate::core::capacity::{Lane, Tenant};
use crate::core::error::Code;
use crate::core::limits::Decision;
use crate::core::respond::status_only;
use crate::core::telemetry::method_label;

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
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> LocalBoxFuture<'static, Answer> {
    Box::pin(async move {
        let (id, at) = (Uuid::new_v4(), Instant::now());
        let Worker { gateway, upstreams } = &*worker;
        // Boxed: most requests have none, and this future stays small.
        let origin = gateway.cors.allowed(request.headers()).cloned().map(Box::new);
        let arrival = Arrival {
            id,
            at,
            destination: Destination::of(request.path(), (&gateway.services, upstreams)),
            method: method_label(request.method()),
            origin: origin.as_deref(),
        };
        meet_connection(arrival.destination, &mut request);
        ask_for_head(arrival.destination, &mut request);
        let inside = in_context(gateway, &arrival, request, &next);
        recover(gateway, &arrival, inside).await
    })
}

/// What the gateway does for a request to the operations listener.
pub fn enter_operations(request: &mut ServiceRequest) {
    meet_connection(Destination::Elsewhere, request);
    ask_for_head(Destination::Elsewhere, request);
}

/// Has routes serve a HEAD as the GET that it asks about; the server leaves the body out.
fn ask_for_head(destination: Destination<'_>, request: &mut ServiceRequest) {
    if request.method() == Method::HEAD && !matches!(destination, Destination::Upstream(_)) {
        request.head_mut().method = Method::GET;
    }
}

/// Tells the connection that a request came, and the request when its body breaks.
fn meet_connection(destination: Destination<'_>, request: &mut ServiceRequest) {
    let Some(link) = request.conn_data::<Rc<Link>>() else { return };
    link.called(matches!(destination, Destination::Upstream(_)));
    if request.headers().contains_key(TRANSFER_ENCODING) {
        let link = Rc::clone(link);
        let body = request.take_payload();
        request.set_payload(link.watch(body));
    }
}

/// CORS, request context.
async fn in_context(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    request: ServiceRequest,
    next: &Next<BoxBody>,
) -> Answer {
    if let Some(answer) = gateway.cors.preflight(&request) {
        return Ok(request.into_response(answer));
    }
    let answer = observed(gateway, arrival, request, next).await?;
    let mut answer = compress(arrival, answer);
    context::mark(answer.headers_mut(), arrival);
    cors::mark(answer.headers_mut(), arrival.origin);
    Ok(answer)
}

/// Error reports, log, metrics, slow log; one identity at most.
async fn observed(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    mut request: ServiceRequest,
    next: &Next<BoxBody>,
) -> Answer {
    record("request_id", tracing::field::display(arrival.id));
    let tags = gateway.error_reports.tags(request.headers(), arrival.id);
    let answer = if is_ambiguous(request.headers()) {
        refuse(
            request,
            status_only(StatusCode::BAD_REQUEST, Code::InvalidRequest, "invalid Request"),
        )
    } else {
        drop_identity(request.headers_mut());
        tagged(tags.clone(), admitted(gateway, arrival, request, next)).await?
    };
    observe(gateway, arrival, &answer, tags.as_deref());
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
        Ok(None) if is_disguised(gateway, arrival.destination, &request) => {
            return Ok(refuse(
                request,
                status_only(StatusCode::NOT_FOUND, Code::NotFound, "not found"),
            ));
        }
        Ok(None) => return next.call(request).await,
        Err(refusal) => return Ok(refuse(request, authenticate::refused(refusal))),
    };
    record("partner_id", caller.partner_id);
    gateway.error_reports.tag_user(&caller);
    let decision = gateway.limits.decide(&caller, &request, &gateway.services).await;
    let mut answer = match (decision, arrival.destination) {
        (Some(Decision::Refused { retry_after, .. }), _) => {
            refuse(request, limits::refused(retry_after))
        }
        // Boxed: the future of every other request stays small.
        (_, Destination::Upstream(upstream)) => {
            let from = gateway.proxies.client(request.head());
            Box::pin(upstream.forward(request, (&*caller, from))).await
        }
        (_, destination) => {
            respell(destination, &mut request);
            let tenant = tenant(gateway, &caller, &request);
            let lane = match destination {
                Destination::Module(service) => service.lane,
                _ => Lane::default(),
            };
            let admission = Admission { caller, arrived_at: arrival.at, lane, tenant };
            request.extensions_mut().insert(admission);
            next.call(request).await?
        }
    };
    if let Some(decision) = decision {
        limits::mark(answer.headers_mut(), decision.standing());
    }
    Ok(answer)
}

/// With whose requests a request takes turns.
fn tenant(gateway: &Gateway, caller: &Caller, request: &ServiceRequest) -> Tenant {
    let address = || gateway.proxies.client(request.head()).map(network);
    let partner = caller.partner_id.map(Tenant::Partner);
    partner.or_else(|| address().map(Tenant::Address)).unwrap_or(Tenant::Unknown)
}

/// Whether the router, which decodes paths, would find a service that the gateway did not see.
fn is_disguised(gateway: &Gateway, destination: Destination<'_>, request: &ServiceRequest) -> bool {
    matches!(destination, Destination::Elsewhere)
        && gateway.services.of(request.match_info().as_str()).is_some()
}

/// An answer instead of a handler's. A body without a length is not waited for.
fn refuse(mut request: ServiceRequest, answer: HttpResponse) -> ServiceResponse {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        return request.into_response(answer);
    }
    let body = request.take_payload();
    request.into_response(abandoned(answer, body))
}

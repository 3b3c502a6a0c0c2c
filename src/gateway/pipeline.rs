//! The layers in front of every handler, outermost first: each function below is around the next one.
//!
//! Together they are one middleware, so that a request costs one future, whatever the number of
//! layers.

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
use super::error_reports::{self, tag_user, tagged};
use super::recover::recover;
use super::routes::Destination;
use super::trailing_slash::drop_trailing_slash;
use super::{Gateway, cors, limits};
use crate::core::caller::{Admission, Caller};
use crate::core::limits::Decision;
use crate::core::respond::status_only;

/// Outcome of a layer.
pub type Answer = Result<ServiceResponse, Error>;

/// What is known of a request from its first moment.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Id of the request.
    pub id: Uuid,
    /// When it came in.
    pub at: Instant,
    /// Where its path leads.
    pub destination: Destination<'a>,
}

/// A request on its way in.
struct Inbound<'a> {
    gateway: &'a Gateway,
    arrival: Arrival<'a>,
    request: ServiceRequest,
    next: &'a Next<BoxBody>,
}

/// Middleware: the whole gateway. Each worker has a counter of its own on the shared state, so that
/// workers do not contend for one.
///
/// # Errors
/// A failure that has its answer already.
pub fn pipeline(
    gateway: Rc<Arc<Gateway>>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> LocalBoxFuture<'static, Answer> {
    Box::pin(async move {
        let (id, at) = (Uuid::new_v4(), Instant::now());
        let destination = Destination::of(request.path(), &gateway.proxy);
        let arrival = Arrival { id, at, destination };
        let inbound = Inbound { gateway: &gateway, arrival, request, next: &next };
        recover(&gateway.stores.metrics, id, shared_with_browsers(inbound)).await
    })
}

/// CORS.
async fn shared_with_browsers(inbound: Inbound<'_>) -> Answer {
    let origins = &inbound.gateway.cors;
    if let Some(answer) = origins.preflight(&inbound.request) {
        return Ok(inbound.request.into_response(answer));
    }
    let origin = origins.allowed(inbound.request.headers()).cloned();
    let mut answer = in_context(inbound).await?;
    cors::mark(answer.headers_mut(), origin);
    Ok(answer)
}

/// Request context.
async fn in_context(mut inbound: Inbound<'_>) -> Answer {
    let id = inbound.arrival.id;
    let mut answer = if is_ambiguous(inbound.request.headers()) {
        inbound.request.into_response(status_only(StatusCode::BAD_REQUEST, "invalid Request"))
    } else {
        drop_identity(inbound.request.headers_mut());
        observed(inbound).await?
    };
    context::mark(answer.headers_mut(), id);
    Ok(answer)
}

/// Log, metrics, slow log.
async fn observed(inbound: Inbound<'_>) -> Answer {
    let (gateway, arrival) = (inbound.gateway, inbound.arrival);
    Span::current().record("request_id", tracing::field::display(arrival.id));
    let tags = error_reports::tags(inbound.request.headers(), arrival.id);
    let answering = async {
        let answer = authenticated(inbound).await?;
        observe(gateway, arrival, &answer);
        Ok(if gateway.log_bodies { log_body(arrival, answer) } else { answer })
    };
    tagged(tags, answering).await
}

/// Authentication.
async fn authenticated(inbound: Inbound<'_>) -> Answer {
    let Inbound { gateway, arrival, request, .. } = &inbound;
    match authenticate(gateway, arrival.destination, request, arrival.id).await {
        Ok(Some(caller)) => {
            Span::current().record("partner_id", caller.partner_id);
            tag_user(&caller);
            let caller = Arc::new(caller);
            let admission = Admission { caller: Arc::clone(&caller), arrived_at: arrival.at };
            request.extensions_mut().insert(admission);
            limited(inbound, &caller).await
        }
        Ok(None) => handled(inbound).await,
        Err(refusal) => Ok(inbound.request.into_response(authenticate::refused(refusal))),
    }
}

/// Rate limits.
async fn limited(inbound: Inbound<'_>, caller: &Caller) -> Answer {
    let Some(decision) = inbound.gateway.limits.decide(caller, &inbound.request).await else {
        return handled(inbound).await;
    };
    let mut answer = match decision {
        Decision::Refused { retry_after, .. } => {
            inbound.request.into_response(limits::refused(retry_after))
        }
        Decision::Admitted(_) => handled(inbound).await?,
    };
    limits::mark(answer.headers_mut(), decision.standing());
    Ok(answer)
}

/// The handler.
async fn handled(mut inbound: Inbound<'_>) -> Answer {
    drop_trailing_slash(inbound.arrival.destination, &mut inbound.request);
    inbound.next.call(inbound.request).await
}

//! A request as the layers hand it on, and what comes back.

use std::time::Instant;

use actix_web::Error;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderValue;
use uuid::Uuid;

use super::routes::Destination;

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
    /// Its method, as metrics call it.
    pub method: &'static str,
    /// The origin of a browser that may read the answer.
    pub origin: Option<&'a HeaderValue>,
}

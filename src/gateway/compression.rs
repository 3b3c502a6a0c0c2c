//! Larger answers travel compressed, where the client takes that.

use actix_http::encoding::Encoder;
use actix_web::body::{BodySize, MessageBody as _};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{
    AcceptEncoding, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, Encoding, Header as _,
    HeaderValue, VARY,
};

use super::arrival::Arrival;
use super::routes::Destination;

/// Bytes up to which an answer is one packet anyway.
const SMALL: u64 = 1024;

/// Compresses an answer of a module or of the gateway itself. Proxied ones pass as they are, and those with
/// tokens in them do not tell by their length what they hold.
pub fn compress(arrival: &Arrival<'_>, answer: ServiceResponse) -> ServiceResponse {
    if !is_worth_it(arrival, &answer) {
        return answer;
    }
    let encoding = accepted(&answer);
    let mut answer = answer;
    match encoding {
        ContentEncoding::Identity => {
            answer.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
            answer
        }
        encoding => {
            let (request, answer) = answer.into_parts();
            let answer =
                answer.map_body(|head, body| Encoder::response(encoding, head, body).boxed());
            ServiceResponse::new(request, answer)
        }
    }
}

fn is_worth_it(arrival: &Arrival<'_>, answer: &ServiceResponse) -> bool {
    let is_large = matches!(answer.response().body().size(), BodySize::Sized(size) if size > SMALL);
    let is_ours = match arrival.destination {
        Destination::Upstream(_) => false,
        other => !other.is_identity(),
    };
    let is_text = |value: &HeaderValue| {
        let value = value.as_bytes();
        value.starts_with(b"application/json") || value.starts_with(b"text/")
    };
    is_large
        && is_ours
        && arrival.method != "HEAD"
        && !answer.headers().contains_key(CONTENT_ENCODING)
        && answer.headers().get(CONTENT_TYPE).is_some_and(is_text)
}

/// The encoding that the client likes best.
fn accepted(answer: &ServiceResponse) -> ContentEncoding {
    let ours = [Encoding::identity(), Encoding::brotli(), Encoding::gzip()];
    let accepts = AcceptEncoding::parse(answer.request()).ok();
    match accepts.and_then(|accepts| accepts.negotiate(ours.iter())) {
        Some(Encoding::Known(encoding)) => encoding,
        _ => ContentEncoding::Identity,
    }
}

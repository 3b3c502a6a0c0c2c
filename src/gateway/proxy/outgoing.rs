//! The request as the upstream gets it.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header as inbound;
use hyper::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::{Method, Request, Uri};
use uuid::Uuid;

use super::body::{Length, RequestBody};
use super::failure::Failure;
use super::headers::{HopByHop, is_any};
use crate::core::caller::Caller;

const PARTNER_ID: HeaderName = HeaderName::from_static("x-bb-partner-id");
const PLAN_TYPE: HeaderName = HeaderName::from_static("x-bb-plan-type");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-bb-requestid");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Headers that say who the caller is; a client's are never forwarded.
const IDENTITY: [&str; 6] = [
    "authorization",
    "x-bb-partner-id",
    "x-bb-plan-type",
    "x-bb-account-id",
    "x-bb-client-authorization",
    "x-bb-requestid",
];
/// Headers that are written anew or answered here: `Expect` by the server, and answers pass as the
/// upstream encodes them.
const REPLACED: [&str; 10] = [
    "host",
    "content-length",
    "x-forwarded-for",
    "accept-encoding",
    "expect",
    "forwarded",
    "x-real-ip",
    "true-client-ip",
    "x-forwarded-host",
    "x-original-url",
];

/// The request without its body.
pub(super) struct Outgoing {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Outgoing {
    /// The client's request as `caller` from the address `client`, for the upstream called `authority`.
    ///
    /// # Errors
    /// A method or path that cannot be written.
    pub(super) fn new(
        request: &HttpRequest,
        (caller, client): (&Caller, Option<IpAddr>),
        authority: HeaderValue,
    ) -> Result<Self, Failure> {
        let method = Method::from_bytes(request.method().as_str().as_bytes());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let uri = path.parse().map_err(|_| Failure::Invalid)?;
        let mut headers = HeaderMap::with_capacity(request.headers().len() + 8);
        headers.insert(HOST, authority);
        copy(request.headers(), &mut headers)?;
        enrich(&mut headers, caller)?;
        let forwarded = forwarded_for(request.headers(), request.peer_addr());
        insert(&mut headers, FORWARDED_FOR, &forwarded)?;
        if let Some(client) = client {
            insert(&mut headers, REAL_IP, &client.to_string())?;
        }
        if let Some(host) = request.headers().get(inbound::HOST) {
            headers.insert(FORWARDED_HOST, outbound_value(host)?);
        }
        let method = method.map_err(|_| Failure::Invalid)?;
        frame(&mut headers, request.headers(), &method);
        Ok(Self { method, uri, headers })
    }

    /// Asks for a WebSocket.
    pub(super) fn upgrade(&mut self) {
        self.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        self.headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }

    /// Whether sending it twice is the same as sending it once (RFC 9110 §9.2.2).
    pub(super) fn is_idempotent(&self) -> bool {
        let unsafe_methods = [Method::POST, Method::PATCH];
        !unsafe_methods.contains(&self.method) && is_standard(&self.method)
    }

    /// With a body.
    pub(super) fn message(self, body: RequestBody) -> Request<RequestBody> {
        let mut message = Request::new(body);
        *message.method_mut() = self.method;
        *message.uri_mut() = self.uri;
        *message.headers_mut() = self.headers;
        message
    }
}

fn is_standard(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE, Method::TRACE]
        .contains(method)
}

/// Copies what the client said, except what ends here. Empty headers say nothing and stay behind.
fn copy(client: &inbound::HeaderMap, headers: &mut HeaderMap) -> Result<(), Failure> {
    let named = client.get_all(inbound::CONNECTION).map(|value| value.as_bytes());
    let hop_by_hop = HopByHop::named_by(named);
    for (name, value) in client {
        let text = name.as_str();
        let ends_here = value.is_empty()
            || hop_by_hop.contains(text)
            || is_any(&REPLACED, text)
            || is_any(&IDENTITY, text);
        if !ends_here {
            headers.append(outbound(name)?, outbound_value(value)?);
        }
    }
    Ok(())
}

fn enrich(headers: &mut HeaderMap, caller: &Caller) -> Result<(), Failure> {
    if let Some(token) = caller.internal_token() {
        insert(headers, AUTHORIZATION, &token)?;
    }
    if let Some(partner) = caller.partner_id {
        headers.insert(PARTNER_ID, HeaderValue::from(partner));
    }
    headers.insert(PLAN_TYPE, HeaderValue::from_static(caller.plan.name()));
    let id = caller.request_id.hyphenated();
    insert(headers, REQUEST_ID, id.encode_lower(&mut Uuid::encode_buffer()))
}

/// The chain of addresses with the client's at its end.
fn forwarded_for(client: &inbound::HeaderMap, peer: Option<SocketAddr>) -> String {
    let stated = client.get_all(FORWARDED_FOR.as_str()).filter_map(|value| value.to_str().ok());
    let mut chain = String::new();
    for part in stated.filter(|part| !part.is_empty()) {
        chain.push_str(part);
        chain.push_str(", ");
    }
    match peer {
        Some(peer) => chain + &peer.ip().to_canonical().to_string(),
        None => chain.trim_end_matches(", ").to_owned(),
    }
}

/// Names the framing: without it, a chunked body of a GET would be left out, and a server may wait for that
/// of a POST or refuse it.
fn frame(headers: &mut HeaderMap, client: &inbound::HeaderMap, method: &Method) {
    let has_meaning = [Method::POST, Method::PUT, Method::PATCH].contains(method);
    match Length::of(client) {
        Length::Known(length) => {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        Length::Unknown => {
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        Length::None if has_meaning || client.contains_key(inbound::CONTENT_LENGTH) => {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Length::None => {}
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<(), Failure> {
    if !text.is_empty() {
        headers.insert(name, HeaderValue::from_str(text).map_err(|_| Failure::Invalid)?);
    }
    Ok(())
}

fn outbound(name: &inbound::HeaderName) -> Result<HeaderName, Failure> {
    HeaderName::from_bytes(name.as_str().as_bytes()).map_err(|_| Failure::Invalid)
}

fn outbound_value(value: &inbound::HeaderValue) -> Result<HeaderValue, Failure> {
    HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Failure::Invalid)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;
    use crate::core::types::Plan;

    fn headers(request: TestRequest, caller: &Caller) -> HeaderMap {
        let request = request.to_http_request();
        let authority = HeaderValue::from_static("data.test:81");
        let from = request.peer_addr().map(|peer| peer.ip());
        Outgoing::new(&request, (caller, from), authority).expect("forwardable").headers
    }

    fn user() -> Caller {
        let (user_id, account_id, partner_id) = (Some(1014), Some(55), Some(10));
        Caller { user_id, account_id, partner_id, plan: Plan::Paid, ..Caller::default() }
    }

    #[test]
    fn identity_is_ours_and_the_rest_the_clients() {
        let request = TestRequest::get()
            .peer_addr("203.0.113.9:4000".parse().expect("an address"))
            .insert_header(("authorization", "Bearer x"))
            .insert_header(("connection", "x-hop, x-bb-plan-type, keep-alive"))
            .insert_header(("x-hop", "1"))
            .insert_header(("x-bb-partner-id", "99"))
            .insert_header(("X_BB_Partner_Id", "99"))
            .insert_header(("x-bb-account-id", "7"))
            .insert_header(("x-bb-client-authorization", "y"))
            .insert_header(("x-bb-requestid", "mine"))
            .insert_header(("x-bb-deviceid", "d"))
            .insert_header(("accept-encoding", "gzip"))
            .insert_header(("x-empty", ""))
            .insert_header(("host", "evil.test"))
            .insert_header(("x-forwarded-for", "198.51.100.1"))
            .insert_header(("x-real-ip", "198.51.100.1"))
            .insert_header(("forwarded", "for=198.51.100.1"))
            .insert_header(("x-original-url", "/admin"))
            .append_header(("cookie", "a=1"))
            .append_header(("cookie", "b=2"));
        let caller = user();
        let headers = headers(request, &caller);
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let expected = [
            "authorization",
            "cookie",
            "host",
            "x-bb-deviceid",
            "x-bb-partner-id",
            "x-bb-plan-type",
            "x-bb-requestid",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-real-ip",
        ];
        assert_eq!(names, expected);
        assert_eq!(headers["x-forwarded-host"], "evil.test");
        assert_eq!(headers["x-real-ip"], "203.0.113.9");
        assert_eq!(headers["authorization"], caller.internal_token().expect("a user"));
        assert_eq!(headers["host"], "data.test:81");
        assert_eq!(headers["x-bb-partner-id"], "10");
        assert_eq!(headers["x-bb-plan-type"], "PAID");
        assert_eq!(headers["x-bb-requestid"], caller.request_id.to_string());
        assert_eq!(headers["x-forwarded-for"], "198.51.100.1, 203.0.113.9");
        assert_eq!(headers.get_all("cookie").iter().count(), 2);
    }

    #[test]
    fn nothing_is_sent_for_what_is_not_known() {
        let headers = headers(TestRequest::get(), &Caller::default());
        for absent in ["authorization", "x-bb-partner-id", "x-bb-deviceid", "content-length"] {
            assert!(!headers.contains_key(absent), "{absent}");
        }
        assert_eq!(headers["x-bb-plan-type"], "FREE");
    }

    #[test]
    fn a_post_without_body_says_so() {
        let caller = Caller::default();
        for (request, length) in [
            (TestRequest::post(), Some("0")),
            (TestRequest::put(), Some("0")),
            (TestRequest::patch(), Some("0")),
            (TestRequest::get(), None),
            (TestRequest::delete(), None),
            (TestRequest::get().insert_header(("content-length", "0")), Some("0")),
        ] {
            let headers = headers(request, &caller);
            let stated = headers.get(CONTENT_LENGTH).map(|value| value.to_str().expect("text"));
            assert_eq!(stated, length);
        }
    }

    proptest! {
        /// What some servers take for a name of ours is not the client's to send.
        #[test]
        fn no_spelling_of_a_name_passes(
            which in 0..IDENTITY.len() + REPLACED.len(),
            spelling in proptest::collection::vec(
                proptest::sample::select(b"_.~!#$%&'*+^`|".to_vec()), 40,
            ),
        ) {
            let name = IDENTITY.iter().chain(&REPLACED).nth(which).expect("a name");
            // The client's host is told, under a name of its own.
            prop_assume!(*name != "host");
            let spelt = name.bytes().zip(spelling).map(|(byte, other)| {
                char::from(if byte == b'-' { other } else { byte })
            });
            let spelt: String = spelt.collect();
            let request = TestRequest::get()
                .insert_header((spelt.as_str(), "stated-by-client"))
                .insert_header(("x-harmless", "1"));
            let headers = headers(request, &user());
            prop_assert!(headers.values().all(|value| value != "stated-by-client"), "{}", spelt);
            prop_assert!(headers.contains_key("x-harmless"));
        }
    }
}

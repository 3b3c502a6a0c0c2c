//! `Idempotency-Key`: a request that is sent twice has its effect once.
//!
//! An answer that is stored already is given at once. Else the key is inserted as the first thing in the
//! transaction of the request, so that a parallel duplicate waits for the first one's commit and then finds
//! its answer; a rollback takes the key with it. What the work reads before it begins its transaction is
//! read without the key: reading twice has no effect. Work that stores something apart, or asks a foreign
//! service to do something, begins its transaction first.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, IntoResponses};

use super::body::Body;
use super::caller::Caller;
use super::envelope::StatusOnly;
use super::error::{Code, Error};
use super::respond::status_only;
use super::route::{Describe, Description};
use super::turns::{KeysInUse, ScopedKey, Turn};
use super::unit_of_work::UnitOfWork;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_LENGTH: usize = 255;

/// Takes the key unless a younger answer has it; a parallel owner of the key is waited for.
const CLAIM: &str = "\
    INSERT INTO idempotency_key AS k (partner_id, account_id, key, request_hash) \
    VALUES ($1, $2, $3, $4) \
    ON CONFLICT (partner_id, account_id, key) DO UPDATE \
    SET request_hash = EXCLUDED.request_hash, status = NULL, body = NULL, \
        created_at = CURRENT_TIMESTAMP \
    WHERE k.created_at <= CURRENT_TIMESTAMP - interval '24 hours' \
    RETURNING true AS claimed";
const STORED: &str = "\
    SELECT request_hash, status, body FROM idempotency_key \
    WHERE partner_id = $1 AND account_id = $2 AND key = $3 \
        AND created_at > CURRENT_TIMESTAMP - interval '24 hours'";
const RELEASE: &str = "\
    DELETE FROM idempotency_key WHERE partner_id = $1 AND account_id = $2 AND key = $3";
const COMPLETE: &str = "\
    UPDATE idempotency_key SET status = $4, body = $5 \
    WHERE partner_id = $1 AND account_id = $2 AND key = $3";

/// Header of the routes that create or spend.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header in the contract")]
struct IdempotencyParams {
    /// 1 to 255 printable characters, chosen by the client for one operation. The same request with the
    /// same key within 24 hours is answered as the first time and has no second effect; a refused or
    /// failed one runs again. Another request with the key: 422; a key that is none: 400.
    #[param(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}

/// Answers of these routes besides their own.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers in the contract")]
enum IdempotencyResponses {
    /// The key is not 1 to 255 printable characters
    #[response(status = 400)]
    Unusable(StatusOnly),
    /// The key was used for another request
    #[response(status = 422)]
    Taken(StatusOnly),
}

/// Handler argument of these routes: see [`super::work::Work::once`].
pub struct IdempotencyKey(HttpRequest);

impl IdempotencyKey {
    /// `None` without the header. A body counts as part of the request if the handler asked for it, because
    /// only then it can matter.
    pub(super) fn request(&self) -> Option<IdempotentRequest> {
        let extensions = self.0.extensions();
        let body = extensions.get::<Body>().map(|body| &**body).unwrap_or_default();
        IdempotentRequest::new(&self.0, body)
    }
}

impl FromRequest for IdempotencyKey {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Describe for IdempotencyKey {
    fn describe(route: &mut Description) {
        route.params::<IdempotencyParams>();
        route.responses::<IdempotencyResponses>();
    }
}

/// A request with the header.
pub(super) struct IdempotentRequest {
    /// `None` when it is none.
    key: Option<String>,
    /// Of method, path, query and body.
    hash: Vec<u8>,
}

/// Who may work under a key.
pub(super) enum Claim<'a> {
    /// This request: nothing is known of the key.
    New(Key<'a>),
    /// Nobody: the answer is known.
    Settled(HttpResponse),
}

/// A key that this request's transaction takes when it begins.
pub(super) struct Key<'a>(&'a str);

impl IdempotentRequest {
    /// `None` without the header.
    pub(super) fn new(request: &HttpRequest, body: &[u8]) -> Option<Self> {
        let headers = request.headers();
        headers.contains_key(HEADER).then(|| {
            let mut hash = Sha256::new();
            let method = request.method().as_str();
            for part in [method, request.path(), request.query_string()] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            hash.update(body);
            Self { key: key(headers).map(str::to_owned), hash: hash.finalize().to_vec() }
        })
    }

    /// Waits for the requests of this process with the same key, which would otherwise hold a connection
    /// each while they wait for one another in the store. `None` where there is no key to wait for.
    pub(super) async fn turn<'a>(
        &self,
        keys: &'a KeysInUse,
        caller: &Caller,
    ) -> Option<Turn<'a, ScopedKey>> {
        let owner = (caller.partner_id?, caller.account_or_zero(), self.key.clone()?);
        Some(keys.enter(owner).await)
    }

    /// Finds what is stored under the key, or has the transaction begin with taking it.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn claim(&self, unit: &UnitOfWork) -> Result<Claim<'_>, Error> {
        let Some(key) = &self.key else {
            let refused =
                status_only(StatusCode::BAD_REQUEST, Code::InvalidValue, "invalid Request");
            return Ok(Claim::Settled(refused));
        };
        if let Some(answer) = self.stored(unit).await? {
            return Ok(Claim::Settled(answer));
        }
        let values = owner(unit, key)?.into_iter().chain([self.hash.clone().into()]);
        unit.begin_with(statement(CLAIM, values));
        Ok(Claim::New(Key(key)))
    }

    /// The answer to a request whose key is taken.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn stored(&self, unit: &UnitOfWork) -> Result<Option<HttpResponse>, Error> {
        let Some(key) = &self.key else { return Ok(None) };
        let stored = statement(STORED, owner(unit, key)?);
        let Some(row) = unit.read_own()?.query_one_raw(stored).await? else { return Ok(None) };
        if row.try_get::<Vec<u8>>("", "request_hash")? != self.hash {
            let message = "idempotency key was used for another request";
            let code = Code::IdempotencyKeyReused;
            return Ok(Some(status_only(StatusCode::UNPROCESSABLE_ENTITY, code, message)));
        }
        let (status, body) = (row.try_get("", "status")?, row.try_get("", "body")?);
        stored_answer(status, body).map(Some)
    }
}

impl Key<'_> {
    /// Gives the key back, if it was taken: the next request with it runs.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn release(&self, unit: &UnitOfWork) -> Result<(), Error> {
        if !unit.has_begun() {
            return Ok(());
        }
        let release = statement(RELEASE, owner(unit, self.0)?);
        unit.write().await?.execute_raw(release).await?;
        Ok(())
    }

    /// Stores the answer under the key: HTTP 200 with `body`.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn complete(&self, unit: &UnitOfWork, body: &[u8]) -> Result<(), Error> {
        let text = std::str::from_utf8(body).map_err(|error| Error::internal("answer", error))?;
        let answer = [i32::from(StatusCode::OK.as_u16()).into(), text.into()];
        let values = owner(unit, self.0)?.into_iter().chain(answer);
        unit.write().await?.execute_raw(statement(COMPLETE, values)).await?;
        Ok(())
    }
}

/// The header's value if there is one, of 1 to 255 printable characters.
fn key(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER);
    let single = values.next().filter(|_| values.next().is_none())?;
    let text = single.to_str().ok()?;
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (is_printable && (1..=MAX_LENGTH).contains(&text.len())).then_some(text)
}

/// Partner, account, key: what a row is found by.
fn owner(unit: &UnitOfWork, key: &str) -> Result<[Value; 3], Error> {
    let caller = unit.caller();
    Ok([caller.partner()?.into(), caller.account_or_zero().into(), key.into()])
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

fn stored_answer(status: Option<i32>, body: Option<String>) -> Result<HttpResponse, Error> {
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let (Some(status), Some(body)) = (status, body) else {
        return Err(Error::internal("idempotency", "a committed key without an answer"));
    };
    Ok(HttpResponseBuilder::new(status).content_type(ContentType::json()).body(body))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn of(key: &[u8], uri: &str, body: &[u8]) -> IdempotentRequest {
        let header = actix_web::http::header::HeaderValue::from_bytes(key).expect("a value");
        let request = TestRequest::post().uri(uri).insert_header((HEADER, header));
        IdempotentRequest::new(&request.to_http_request(), body).expect("has the header")
    }

    #[test]
    fn a_key_is_printable_and_of_limited_length() {
        for good in [&b"k"[..], b"a b", &[b'k'; 255]] {
            assert!(of(good, "/", b"").key.is_some());
        }
        for bad in [&b""[..], "\u{e9}".as_bytes(), b"a\tb", &[b'k'; 256]] {
            assert_eq!(of(bad, "/", b"").key, None);
        }
        let two = TestRequest::post().append_header((HEADER, "a")).append_header((HEADER, "b"));
        assert_eq!(key(two.to_http_request().headers()), None);
    }

    #[test]
    fn every_part_of_the_request_counts() {
        let hash = |uri, body| of(b"k", uri, body).hash;
        let first = hash("/a?b=c", b"d");
        assert_eq!(first, hash("/a?b=c", b"d"));
        for other in [hash("/a?b=c", b"e"), hash("/a?b=cd", b""), hash("/a", b"b=cd")] {
            assert_ne!(first, other);
        }
    }
}

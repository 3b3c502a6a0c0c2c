//! Calls to other services on behalf of a caller.

use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use url::Url;

use super::caller::Caller;
use super::config::{Secret, ServiceConfig};
use super::error::{Error, chain};
use super::tls::install_provider;
use super::unit_of_work::UnitOfWork;

/// Longest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 1 << 20;

/// Address of a service, and the connections to it.
pub struct Endpoint {
    http: Client,
    base: Url,
}

impl Endpoint {
    /// # Errors
    /// No usable address.
    pub fn new(url: &str) -> Result<Self, String> {
        install_provider();
        let base = Url::parse(url).map_err(|error| error.to_string())?;
        if base.cannot_be_a_base() {
            return Err("no address that paths can be added to".to_owned());
        }
        // A redirect would carry the caller's identity to a host that nobody configured.
        let http = Client::builder().redirect(Policy::none()).build();
        Ok(Self { http: http.map_err(|error| error.to_string())?, base })
    }

    /// A request to a path below the address.
    pub fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url)
    }
}

/// A configured service.
pub struct Service {
    endpoint: Endpoint,
    limit: Duration,
    authorization: Secret,
    /// Name in errors.
    part: &'static str,
}

impl Service {
    /// The service of this configuration; `None` where it has no address.
    pub fn new(part: &'static str, config: &ServiceConfig) -> Option<Self> {
        if config.url.is_empty() {
            return None;
        }
        let endpoint = Endpoint::new(&config.url);
        let unusable = |reason| tracing::error!(part, reason, "the service is not asked");
        let (endpoint, limit) =
            (endpoint.map_err(unusable).ok()?, Duration::from_millis(config.timeout_ms));
        Some(Self { endpoint, limit, authorization: config.authorization.clone(), part })
    }

    /// A request to a path below the service's address, for the caller of the unit of work.
    pub fn request(&self, unit: &UnitOfWork, method: Method, path: &[&str]) -> RequestBuilder {
        let limit = self.limit.min(unit.remaining());
        let request = self.endpoint.request(method, path).timeout(limit);
        let caller = unit.caller();
        let request = with_caller(request, caller);
        if caller.internal_token().is_none() && !self.authorization.is_empty() {
            return request.header(AUTHORIZATION, self.authorization.expose());
        }
        request
    }

    /// A request to an address that the service gave out: it hears nothing of the caller.
    pub fn put(&self, url: Url) -> RequestBuilder {
        self.endpoint.http.put(url)
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// No answer in time, or one that says no success.
    pub async fn send(&self, request: RequestBuilder) -> Result<Vec<u8>, Error> {
        let failed =
            |error: reqwest::Error| Error::internal(self.part, chain(&error.without_url()));
        let answer = request.send().await.map_err(failed)?;
        if !answer.status().is_success() {
            return Err(Error::internal(self.part, format!("answers {}", answer.status())));
        }
        read(answer).await.map_err(failed)
    }
}

/// Adds what services know a caller by.
pub fn with_caller(request: RequestBuilder, caller: &Caller) -> RequestBuilder {
    let mut request = request.header("x-bb-plan-type", caller.plan.name());
    if let Some(token) = caller.internal_token() {
        request = request.header(AUTHORIZATION, token);
    }
    for (name, id) in
        [("x-bb-partner-id", caller.partner_id), ("x-bb-account-id", caller.account_id)]
    {
        if let Some(id) = id {
            request = request.header(name, id);
        }
    }
    request
}

/// The body, cut off at the limit: what is longer is no answer to any of our questions.
///
/// # Errors
/// The connection broke.
pub async fn read(mut answer: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_LIMIT {
            body.truncate(ANSWER_LIMIT);
            break;
        }
    }
    Ok(body)
}

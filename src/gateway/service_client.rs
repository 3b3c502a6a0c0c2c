//! Questions to the services that stand behind the gateway where they are configured.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};

use crate::core::config::ConfigError;
use crate::core::error::{Error, chain};
use crate::core::outbound::{Endpoint, read};

/// One service: where it is and how long it may take.
pub struct ServiceClient {
    endpoint: Endpoint,
    limit: Duration,
    /// Name of the service in logs and configuration keys.
    part: &'static str,
}

/// An answer, read completely.
pub struct ServiceAnswer {
    /// HTTP status.
    pub status: StatusCode,
    /// Body.
    pub body: Vec<u8>,
}

impl ServiceClient {
    /// A client of the service at `url`, which may take `timeout_ms` milliseconds per question.
    ///
    /// # Errors
    /// No usable address.
    pub fn new(part: &'static str, url: &str, timeout_ms: u64) -> Result<Self, ConfigError> {
        let refuse = |reason| ConfigError::Value { key: part, reason };
        let endpoint = Endpoint::new(url).map_err(refuse)?;
        Ok(Self { endpoint, limit: Duration::from_millis(timeout_ms), part })
    }

    /// A request to a path below the service's address.
    pub fn request(&self, method: reqwest::Method, path: &[&str]) -> RequestBuilder {
        self.endpoint.request(method, path)
    }

    /// Asks, a second time if the connection failed before an answer began, all within the
    /// service's time.
    ///
    /// # Errors
    /// No complete answer in time.
    pub async fn send(&self, request: RequestBuilder) -> Result<ServiceAnswer, Error> {
        let again = request.try_clone();
        let asking = async {
            match (attempt(request).await, again) {
                (Err(error), Some(again)) if is_connection_failure(&error) => attempt(again).await,
                (outcome, _) => outcome,
            }
        };
        match tokio::time::timeout(self.limit, asking).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Error::internal(self.part, chain(&error.without_url()))),
            Err(_) => Err(Error::internal(self.part, "no answer in time")),
        }
    }
}

async fn attempt(request: RequestBuilder) -> Result<ServiceAnswer, reqwest::Error> {
    let answer = request.send().await?;
    let status = answer.status();
    let body = read(answer).await?;
    Ok(ServiceAnswer { status, body })
}

/// Whether no connection was made, or it broke before an answer began.
fn is_connection_failure(error: &reqwest::Error) -> bool {
    (error.is_connect() || error.is_request()) && !error.is_timeout()
}

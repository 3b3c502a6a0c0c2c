//! The external service that knows contracts with their limits.

use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde::Deserialize;

use super::dto::PartnerLimits;
use crate::core::config::PartnerConfig;
use crate::core::error::Error;
use crate::core::respond::TypedStatus;
use crate::core::session::Session;
use crate::core::tls::install_provider;

const PART: &str = "partner.contract_url";
const TIMEOUT: Duration = Duration::from_secs(5);
/// Kept of the request for the answer without a contract.
const RESERVE: Duration = Duration::from_millis(500);

/// Client of the service.
pub struct ContractClient {
    http: Client,
    base: Url,
}

#[derive(Deserialize)]
struct Answer {
    status: TypedStatus,
    #[serde(default)]
    partners: Option<Vec<PartnerLimits>>,
}

impl ContractClient {
    /// A client of the configured service, if there is one.
    pub fn new(config: &PartnerConfig) -> Option<Self> {
        if config.contract_url.is_empty() {
            return None;
        }
        install_provider();
        // A redirect would carry the caller's identity to a host that nobody configured.
        let http = Client::builder().redirect(Policy::none()).build();
        match (http, Url::parse(&config.contract_url)) {
            (Ok(http), Ok(base)) if !base.cannot_be_a_base() => Some(Self { http, base }),
            _ => {
                tracing::error!("{PART} is no usable address; the service is not asked");
                None
            }
        }
    }

    /// The partner with its `SAAS` contracts; `None` if the service knows none.
    ///
    /// # Errors
    /// No readable answer in time, or one that is no success.
    pub async fn partner(
        &self,
        session: &Session,
        id: i64,
    ) -> Result<Option<PartnerLimits>, Error> {
        let failed = |error: reqwest::Error| Error::internal(PART, error.without_url());
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            let id = id.to_string();
            path.pop_if_empty().extend(["product-service", "api", "partner", "contract"]);
            path.extend(["partnerId", &id, "byType", "SAAS"]);
        }
        let limit = TIMEOUT.min(session.remaining().saturating_sub(RESERVE));
        let mut request = self.http.get(url).timeout(limit);
        if let Some(token) = session.caller().internal_token() {
            request = request.header(AUTHORIZATION, token);
        }
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let answer: Answer = answer.map_err(failed)?.json().await.map_err(failed)?;
        if !answer.status.is_success() {
            return Err(Error::internal(PART, answer.status.message));
        }
        Ok(answer.partners.unwrap_or_default().into_iter().next())
    }
}

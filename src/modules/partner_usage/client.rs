//! The external service that knows contracts with their limits.

use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{Method, Response};
use serde::Deserialize;

use super::dto::PartnerLimits;
use crate::core::config::PartnerConfig;
use crate::core::envelope::TypedStatus;
use crate::core::error::{Error, chain};
use crate::core::outbound::{Endpoint, read};
use crate::core::unit_of_work::UnitOfWork;

const PART: &str = "partner.contract_url";
const TIMEOUT: Duration = Duration::from_secs(5);
/// Kept of the request for the answer without a contract.
const RESERVE: Duration = Duration::from_millis(500);

/// Client of the service.
pub struct ContractClient(Endpoint);

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
        let unusable = |reason| tracing::error!(reason, "{PART}: the service is not asked");
        Endpoint::new(&config.contract_url).map_err(unusable).map(Self).ok()
    }

    /// The partner with its `SAAS` contracts; `None` if the service knows none.
    ///
    /// # Errors
    /// No readable answer in time, or one that is no success.
    pub async fn partner(
        &self,
        unit: &UnitOfWork,
        id: i64,
    ) -> Result<Option<PartnerLimits>, Error> {
        let failed = |error: reqwest::Error| Error::internal(PART, chain(&error.without_url()));
        let limit = TIMEOUT.min(unit.remaining().saturating_sub(RESERVE));
        let id = id.to_string();
        let path =
            ["product-service", "api", "partner", "contract", "partnerId", &id, "byType", "SAAS"];
        let mut request = self.0.request(Method::GET, &path).timeout(limit);
        if let Some(token) = unit.caller().internal_token() {
            request = request.header(AUTHORIZATION, token);
        }
        let answer = request.send().await.and_then(Response::error_for_status).map_err(failed)?;
        let answer = serde_json::from_slice(&read(answer).await.map_err(failed)?);
        let answer: Answer = answer.map_err(|error| Error::internal(PART, error))?;
        if !answer.status.is_success() {
            return Err(Error::internal(PART, answer.status.message));
        }
        Ok(answer.partners.unwrap_or_default().into_iter().next())
    }
}

//! Client of the job tracker.

use reqwest::Method;
use serde::Deserialize;

use super::JobBatch;
use crate::core::config::ServiceConfig;
use crate::core::error::Error;
use crate::core::outbound::Service;
use crate::core::unit_of_work::UnitOfWork;

const PART: &str = "job tracker";

/// The configured job tracker.
pub struct JobTracker(Option<Service>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    status: RemoteStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RemoteStatus {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
}

impl JobTracker {
    /// A client; without an address every report fails.
    pub fn new(config: &ServiceConfig) -> Self {
        Self(Service::new(PART, config))
    }

    /// Tells what became of a batch.
    ///
    /// # Errors
    /// The tracker is not configured, does not answer with success in time, or says `ERROR`.
    pub async fn report(&self, unit: &UnitOfWork, batch: &JobBatch) -> Result<(), Error> {
        let Some(service) = &self.0 else {
            return Err(Error::internal(PART, "not configured"));
        };
        let path = ["batch", &batch.id.to_string()];
        let request = service.request(unit, Method::PUT, &path).json(batch);
        let answer = service.send(request).await?;
        // A success without a readable body has arrived all the same.
        let status = serde_json::from_slice::<Answer>(&answer).unwrap_or_default().status;
        if status.kind.as_deref() == Some("ERROR") {
            let reason = status.message.unwrap_or_default();
            return Err(Error::internal(PART, format!("refused the report: {reason}")));
        }
        Ok(())
    }
}

//! Client of the job tracker.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::JobBatch;
use crate::core::config::ServiceConfig;
use crate::core::error::{Code, Error};
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

/// A job that the tracker is asked to do: it sends batches of it to the queue of its kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewJob {
    /// Name of the kind at the tracker.
    #[serde(rename = "jobType")]
    pub kind: &'static str,
    /// What people see of it.
    #[serde(rename = "jobName")]
    pub name: String,
    /// What every batch of the job gets.
    pub input: BTreeMap<&'static str, String>,
    /// File whose rows become the items of the batches.
    #[serde(rename = "inputAssetInformation", skip_serializing_if = "Option::is_none")]
    pub asset: Option<JobAsset>,
}

/// A file at the asset service.
#[derive(Debug, Serialize)]
pub struct JobAsset {
    /// Its id there.
    pub id: i64,
}

#[derive(Deserialize)]
struct CreatedJobs {
    status: RemoteStatus,
    data: Vec<CreatedJob>,
}

#[derive(Deserialize)]
struct CreatedJob {
    id: i64,
}

impl JobTracker {
    /// A client; without an address every report fails.
    pub fn new(config: &ServiceConfig) -> Self {
        Self(Service::new(PART, config))
    }

    /// Has the tracker start a job; its id. To be asked while no transaction waits, see
    /// [`phases`](crate::core::phases).
    ///
    /// # Errors
    /// `refusal` when the tracker is not configured, does not answer with success in time, or names no id.
    pub async fn create(
        &self,
        unit: &UnitOfWork,
        job: &NewJob,
        refusal: &'static str,
    ) -> Result<i64, Error> {
        self.try_create(unit, job).await.map_err(|error| {
            tracing::error!(%error, kind = job.kind, "a job could not be created");
            Error::refused(Code::UpstreamUnavailable, refusal)
        })
    }

    async fn try_create(&self, unit: &UnitOfWork, job: &NewJob) -> Result<i64, Error> {
        let service = self.0.as_ref().ok_or_else(|| Error::internal(PART, "not configured"))?;
        let answer =
            service.send(service.request(unit, Method::POST, &["job", ""]).json(job)).await?;
        let created: CreatedJobs =
            serde_json::from_slice(&answer).map_err(|error| Error::internal(PART, error))?;
        match created.data.first() {
            Some(job) if created.status.kind.as_deref() == Some("SUCCESS") => Ok(job.id),
            _ => {
                let reason = created.status.message.unwrap_or_default();
                Err(Error::internal(PART, format!("created no job: {reason}")))
            }
        }
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

//! The influencer application, which keeps a copy of what staff know of creators.

use reqwest::Method;
use serde::Deserialize;

use super::dto::AppProfileOut;
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::outbound::Service;
use crate::core::unit_of_work::UnitOfWork;

const PART: &str = "influencer_app";

/// Client of the application.
pub struct InfluencerApp(Option<Service>);

#[derive(Deserialize)]
struct Answer {
    status: AnswerStatus,
}

#[derive(Deserialize)]
struct AnswerStatus {
    #[serde(rename = "type", default)]
    kind: String,
}

impl InfluencerApp {
    /// A client of the configured application, if there is one.
    pub fn new(config: &Config) -> Self {
        Self(Service::new(PART, &config.influencer_app))
    }

    /// Tells it of a profile.
    ///
    /// # Errors
    /// No application, no readable answer in time, or one that says no success.
    pub async fn update(&self, unit: &UnitOfWork, profile: &AppProfileOut) -> Result<(), Error> {
        let service = self.0.as_ref();
        let service = service.ok_or_else(|| Error::internal(PART, "no address is configured"))?;
        let path = ["social_data_service", "update"];
        let request = service.request(unit, Method::POST, &path).json(profile);
        let body = service.send(request).await?;
        // What cannot be read may repeat what was sent: it is not logged.
        let answer: Option<Answer> = serde_json::from_slice(&body).ok();
        match answer {
            Some(answer) if answer.status.kind != "ERROR" => Ok(()),
            Some(_) => Err(Error::internal(PART, "answers ERROR")),
            None => Err(Error::internal(PART, "the answer cannot be read")),
        }
    }
}

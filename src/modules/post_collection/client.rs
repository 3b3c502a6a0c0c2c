//! The collector service: knows the ids of channels.

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;

use crate::core::config::CollectorConfig;
use crate::core::outbound::{Endpoint, read, with_caller};
use crate::core::unit_of_work::UnitOfWork;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Client of the collector.
pub struct Collector(Option<Endpoint>);

#[derive(Debug, Deserialize)]
struct Answer {
    response: Option<Channel>,
}

#[derive(Debug, Deserialize)]
struct Channel {
    channel_id: Option<String>,
}

impl Collector {
    /// A client of the configured collector; without one no channel is known.
    pub fn new(config: &CollectorConfig) -> Self {
        let url = Some(config.url.as_str()).filter(|url| !url.is_empty());
        let unusable = |reason| tracing::error!(reason, "the collector is not asked");
        Self(url.and_then(|url| Endpoint::new(url).map_err(unusable).ok()))
    }

    /// The id of the channel with this handle; `None` where the collector knows none or gives no answer.
    pub async fn channel(&self, unit: &UnitOfWork, handle: &str) -> Option<String> {
        let path = ["youtube", "channel", "byhandle", handle];
        let request = self.0.as_ref()?.request(Method::GET, &path);
        let request = request.timeout(TIMEOUT.min(unit.remaining()));
        let answer = with_caller(request, unit.caller()).send().await;
        let body = match answer.and_then(reqwest::Response::error_for_status) {
            Ok(answer) => read(answer).await,
            Err(error) => Err(error),
        };
        let unanswered = |error: reqwest::Error| {
            let error = error.without_url();
            tracing::warn!(%error, "the collector gave no answer");
        };
        let answer: Answer = serde_json::from_slice(&body.map_err(unanswered).ok()?).ok()?;
        answer.response?.channel_id.filter(|id| !id.is_empty())
    }
}

//! Client of the asset service: asks for an address, uploads there, registers the upload.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::AssetInfo;
use crate::core::config::ServiceConfig;
use crate::core::error::Error;
use crate::core::outbound::Service;
use crate::core::unit_of_work::UnitOfWork;

const PART: &str = "asset service";
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// The configured asset service.
pub(super) struct Assets(Service);

#[derive(Deserialize)]
struct Begun {
    asset: Slot,
}

/// Where an upload goes.
#[derive(Deserialize)]
struct Slot {
    path: String,
    url: Url,
}

#[derive(Deserialize)]
struct Finished {
    list: Option<Vec<AssetInfo>>,
}

impl Assets {
    pub(super) fn new(config: &ServiceConfig) -> Option<Self> {
        Service::new(PART, config).map(Self)
    }

    /// The addresses that the service hands out want to know the length, so the content is put
    /// together first.
    pub(super) async fn store_csv(
        &self,
        unit: &UnitOfWork,
        name: &str,
        content: impl Stream<Item = Result<Bytes, Error>> + Send,
    ) -> Result<AssetInfo, Error> {
        let parts: Vec<Bytes> = content.try_collect().await?;
        let begin = json!({"usage": "JOB_TRACKER", "type": "CSV"});
        let Begun { asset } = self.ask(unit, "init", &begin).await?;
        let length: usize = parts.iter().map(Bytes::len).sum();
        let parts = stream::iter(parts.into_iter().map(Ok::<_, std::convert::Infallible>));
        let upload = self
            .0
            .put(asset.url)
            .timeout(UPLOAD_TIMEOUT.min(unit.remaining()))
            .header(CONTENT_TYPE, "text/csv")
            .header(CONTENT_DISPOSITION, format!("inline; filename=\"{name}\""))
            .header(CONTENT_LENGTH, length)
            .body(Body::wrap_stream(parts));
        self.0.send(upload).await?;
        let end = json!({"path": asset.path});
        let finished: Finished = self.ask(unit, "finish", &end).await?;
        let registered = finished.list.unwrap_or_default().into_iter().next();
        registered.ok_or_else(|| Error::internal(PART, "registered no file"))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        unit: &UnitOfWork,
        step: &str,
        question: &Value,
    ) -> Result<T, Error> {
        let path = ["dam", "upload", step];
        let request = self.0.request(unit, Method::POST, &path).json(question);
        let answer = self.0.send(request).await?;
        serde_json::from_slice(&answer).map_err(|error| Error::internal(PART, error))
    }
}

//! Client of the asset service: asks for an address, uploads there, registers the upload.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use url::Url;

use super::AssetInfo;
use crate::core::config::ServiceConfig;
use crate::core::error::Error;
use crate::core::outbound::Service;
use crate::core::unit_of_work::UnitOfWork;

const PART: &str = "asset service";
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);
/// A file that is put together takes no more memory than this, in bytes.
const IN_MEMORY: usize = 4 << 20;

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

    pub(super) async fn store_csv(
        &self,
        unit: &UnitOfWork,
        name: &str,
        content: impl Stream<Item = Result<Bytes, Error>> + Send,
    ) -> Result<AssetInfo, Error> {
        let (content, length) = put_together(content).await?;
        let begin = json!({"usage": "JOB_TRACKER", "type": "CSV"});
        let Begun { asset } = self.ask(unit, "init", &begin).await?;
        let upload = self
            .0
            .put(asset.url)
            .timeout(UPLOAD_TIMEOUT.min(unit.remaining()))
            .header(CONTENT_TYPE, "text/csv")
            .header(CONTENT_DISPOSITION, format!("inline; filename=\"{name}\""))
            .header(CONTENT_LENGTH, length)
            .body(content);
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

/// The whole content and its length: the addresses that the service hands out want to know it. What is
/// more than memory should hold waits in a file without a name, in the directory for temporary files.
async fn put_together(
    content: impl Stream<Item = Result<Bytes, Error>> + Send,
) -> Result<(Body, usize), Error> {
    let mut content = pin!(content);
    let (mut memory, mut file, mut length) = (Vec::new(), None, 0);
    while let Some(part) = content.try_next().await? {
        length += part.len();
        memory.extend_from_slice(&part);
        if memory.len() >= IN_MEMORY {
            let file = match &mut file {
                Some(file) => file,
                none => none.insert(File::from_std(tempfile::tempfile().map_err(unstored)?)),
            };
            file.write_all(&memory).await.map_err(unstored)?;
            memory.clear();
        }
    }
    let Some(mut file) = file else { return Ok((memory.into(), length)) };
    file.write_all(&memory).await.map_err(unstored)?;
    file.rewind().await.map_err(unstored)?;
    Ok((file.into(), length))
}

fn unstored(error: std::io::Error) -> Error {
    Error::internal("temporary file", error)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn together(parts: &[Bytes]) -> (bool, usize) {
        let parts = stream::iter(parts.iter().cloned().map(Ok));
        let (body, length) = put_together(parts).await.expect("put together");
        (body.as_bytes().is_some(), length)
    }

    #[tokio::test]
    async fn only_small_files_stay_in_memory() {
        let part = Bytes::from(vec![b'a'; IN_MEMORY / 2]);
        assert_eq!(together(&[]).await, (true, 0));
        assert_eq!(together(std::slice::from_ref(&part)).await, (true, IN_MEMORY / 2));
        let parts = vec![part; 5];
        assert_eq!(together(&parts).await, (false, IN_MEMORY / 2 * 5));
    }

    #[tokio::test]
    async fn content_that_fails_is_no_file() {
        let parts = stream::iter([Ok(Bytes::from_static(b"a")), Err(Error::TimedOut)]);
        assert!(matches!(put_together(parts).await, Err(Error::TimedOut)));
    }
}

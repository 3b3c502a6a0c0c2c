//! The object store: a directory, or a bucket of an S3 service.

use std::path::Path as FsPath;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use futures_util::{Stream, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::signer::Signer as _;
use object_store::{Attribute, Attributes, ClientOptions, ObjectStore, RetryConfig};
use reqwest::Method;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use crate::core::config::{S3Config, StorageConfig, StorageKind};
use crate::core::error::Error;
use crate::core::tls::install_provider;

const PART: &str = "file storage";
/// A larger file goes out in parts of this size while it is being made. S3 wants at least 5 MiB.
const PART_BYTES: usize = 8 << 20;
/// A request that fails is repeated for so long; beyond that the whole job is.
const RETRY: Duration = Duration::from_secs(10);
/// Time for taking back what was sent of a file that broke off.
pub(super) const ABORT_LIMIT: Duration = Duration::from_secs(2);

/// The configured object store, opened with the first file.
pub(super) struct Storage {
    config: StorageConfig,
    place: OnceCell<Place>,
}

enum Place {
    Directory { store: Arc<LocalFileSystem>, base: Url },
    Bucket { store: Arc<AmazonS3>, signed_for: Duration },
}

impl Storage {
    pub(super) fn new(config: &StorageConfig) -> Self {
        Self { config: config.clone(), place: OnceCell::new() }
    }

    /// Streams a file into the store within `limit`; its address. Before it is whole, nobody sees it.
    pub(super) async fn store_csv(
        &self,
        name: &str,
        content: impl Stream<Item = Result<Bytes, Error>> + Send,
        limit: Duration,
    ) -> Result<String, Error> {
        let place = self.place.get_or_try_init(|| open(&self.config)).await?;
        let path = Path::from_iter([
            Utc::now().format("%Y-%m-%d").to_string().as_str(),
            Uuid::new_v4().to_string().as_str(),
            name,
        ]);
        let mut writer = place.writer(&path, name);
        let deadline = Instant::now() + limit;
        let written = tokio::time::timeout_at(deadline, write(&mut writer, content)).await;
        if let Err(error) = written.unwrap_or(Err(Error::TimedOut)) {
            // Parts that stay are no file, but they cost.
            let aborted = tokio::time::timeout(ABORT_LIMIT, writer.abort()).await;
            if !matches!(aborted, Ok(Ok(()))) {
                tracing::warn!(path = path.as_ref(), "parts of a file that broke off may be left");
            }
            return Err(error);
        }
        let whole = tokio::time::timeout_at(deadline, writer.shutdown()).await;
        whole.map_err(|_| Error::TimedOut)?.map_err(failed)?;
        self.address(place, &path).await
    }

    async fn address(&self, place: &Place, path: &Path) -> Result<String, Error> {
        let below = |base: &Url| {
            let mut url = base.clone();
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty().extend(path.parts().map(|part| part.as_ref().to_owned()));
            }
            url.to_string()
        };
        if let Ok(public) = Url::parse(&self.config.public_url) {
            return Ok(below(&public));
        }
        match place {
            Place::Directory { base, .. } => Ok(below(base)),
            Place::Bucket { store, signed_for } => {
                let signed = store.signed_url(Method::GET, path, *signed_for).await;
                signed.map(String::from).map_err(failed)
            }
        }
    }
}

async fn write(
    writer: &mut BufWriter,
    content: impl Stream<Item = Result<Bytes, Error>> + Send,
) -> Result<(), Error> {
    let mut content = pin!(content);
    while let Some(part) = content.try_next().await? {
        writer.put(part).await.map_err(failed)?;
    }
    Ok(())
}

impl Place {
    fn writer(&self, path: &Path, name: &str) -> BufWriter {
        match self {
            Self::Directory { store, .. } => {
                let store: Arc<dyn ObjectStore> = Arc::clone(store) as _;
                BufWriter::with_capacity(store, path.clone(), PART_BYTES)
            }
            Self::Bucket { store, .. } => {
                let store: Arc<dyn ObjectStore> = Arc::clone(store) as _;
                let mut attributes = Attributes::new();
                attributes.insert(Attribute::ContentType, "text/csv".into());
                let disposition = format!("attachment; filename=\"{name}\"");
                attributes.insert(Attribute::ContentDisposition, disposition.into());
                BufWriter::with_capacity(store, path.clone(), PART_BYTES)
                    .with_attributes(attributes)
            }
        }
    }
}

async fn open(config: &StorageConfig) -> Result<Place, Error> {
    match config.kind {
        StorageKind::Local => open_directory(FsPath::new(&config.directory)).await,
        StorageKind::S3 => open_bucket(&config.s3),
    }
}

async fn open_directory(directory: &FsPath) -> Result<Place, Error> {
    tokio::fs::create_dir_all(directory).await.map_err(failed)?;
    let directory = tokio::fs::canonicalize(directory).await.map_err(failed)?;
    let base = Url::from_directory_path(&directory).map_err(|()| failed("no absolute path"))?;
    let store = LocalFileSystem::new_with_prefix(directory).map_err(failed)?;
    Ok(Place::Directory { store: Arc::new(store), base })
}

fn open_bucket(config: &S3Config) -> Result<Place, Error> {
    install_provider();
    let retry = RetryConfig { retry_timeout: RETRY, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_region(&config.region)
        .with_bucket_name(&config.bucket)
        .with_retry(retry)
        .with_client_options(
            ClientOptions::new().with_allow_http(config.endpoint.starts_with("http://")),
        );
    if !config.endpoint.is_empty() {
        builder = builder.with_endpoint(config.endpoint.trim_end_matches('/'));
    }
    if !config.access_key_id.is_empty() {
        builder = builder
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose());
    }
    let store = builder.build().map_err(failed)?;
    let signed_for = Duration::from_secs(config.signed_url_secs);
    Ok(Place::Bucket { store: Arc::new(store), signed_for })
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::internal(PART, error)
}

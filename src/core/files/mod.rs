//! Files that jobs make for clients: to the asset service where there is one, else to the object store.
//!
//! - [`Files`]: takes a file and says where clients find it.
//! - [`csv`]: rows as a CSV file that a spreadsheet opens as data, never as formulas.

mod assets;
pub mod csv;
mod storage;

use bytes::Bytes;
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::assets::Assets;
use self::storage::{ABORT_LIMIT, Storage};
use super::config::Config;
use super::error::Error;
use super::unit_of_work::UnitOfWork;

/// Where clients find a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssetInfo {
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What else the asset service says: `id` and measures.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The configured place for files.
pub struct Files {
    assets: Option<Assets>,
    storage: Storage,
}

impl Files {
    /// Nothing is connected yet.
    pub fn new(config: &Config) -> Self {
        Self { assets: Assets::new(&config.assets), storage: Storage::new(&config.storage) }
    }

    /// Stores a CSV file while it is being made, never all of it in memory. Whoever knows its address can
    /// read it; nobody can guess it.
    ///
    /// # Errors
    /// An error of `content`, or of the place; what was sent so far is no file then.
    pub async fn store_csv(
        &self,
        unit: &UnitOfWork,
        name: &str,
        content: impl Stream<Item = Result<Bytes, Error>> + Send,
    ) -> Result<AssetInfo, Error> {
        let limit = unit.remaining();
        let Some(assets) = &self.assets else {
            let limit = limit.saturating_sub(ABORT_LIMIT);
            let url = Some(self.storage.store_csv(name, content, limit).await?);
            return Ok(AssetInfo { url, other: Map::new() });
        };
        let stored = tokio::time::timeout(limit, assets.store_csv(unit, name, content)).await;
        stored.unwrap_or(Err(Error::TimedOut))
    }
}
